import secrets
from collections.abc import Mapping
from decimal import Decimal

from config.kit.lib import money
from payments.gateways.base import Gateway, UnreadableAnswerError, compare, readable
from payments.gateways.nestpay import codes, messages, replies, signature
from payments.gateways.nestpay.config import NestPayConfig
from payments.gateways.types import (
    CallbackResult,
    Capability,
    CardData,
    GatewayResult,
    OrderData,
    OrderState,
    Outcome,
    Reason,
    References,
    ReturnUrls,
    StatusQuery,
    StatusResult,
    ThreeDForm,
)
from payments.gateways.wire.xml import Elements


class NestPayGateway(Gateway):
    """NestPay / EST / Payten by Asseco: Akbank, İşbank, Ziraat, Halkbank, TEB, Şekerbank, TFKB and others.

    Replies of the XML API carry no signature: the TLS connection and the order id in them are what binds
    them. Refunds are possible after the end of the day only, voids before it only.
    """

    path = "omnicore.libs.payment_gateways.nestpay.NestPayGateway"
    config_class = NestPayConfig
    capabilities = frozenset(Capability) - {Capability.STORED_CARD_SALE}
    amount_format = money.AmountFormat.MAJOR
    order_id_max_length = 64
    currencies = frozenset({"TRY", "USD", "EUR", "GBP", "JPY", "RUB", "MAD"})

    def _sale(self, order: OrderData, card: CardData) -> GatewayResult:
        return self._result(self._ask(messages.sale(self.config, order, card)))

    def _start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        form: ThreeDForm = messages.three_d_form(
            self.config, order, urls, gate_url=self.account.three_d_url, rnd=secrets.token_hex(10), card=card
        )
        return GatewayResult(outcome=Outcome.NEEDS_ACTION, order_id=order.id, form=form)

    def _verify_callback(self, fields: Mapping[str, str]) -> CallbackResult:
        return replies.read_callback(
            fields,
            store_key=self.config["store_key"],
            store_type=self.config["store_type"],
            accept_half_secure=self.config.get("accept_half_secure", False),
        )

    def _callback_mismatches(
        self, result: CallbackResult, fields: Mapping[str, str], order: OrderData
    ) -> tuple[str, ...]:
        """Everything that we sent must be there as we sent it.

        ver3 hashes values in the order of their names and not the names: a payer who renames fields without
        changing their order keeps the hash. Fields whose place is taken by what we know cannot be moved
        across it.
        """
        ours = {
            "clientid": self.config["client_id"],
            "hashAlgorithm": signature.VER3,
            "storetype": self.config["store_type"],
            "currency": money.numeric_currency(order.currency),
        }
        renamed = tuple(name for name, value in ours.items() if fields.get(name) != value)
        missing = ("amount",) if result.amount is None else ()
        proof = ("md",) if result.provision_required and not result.proof.md else ()
        return super()._callback_mismatches(result, fields, order) + renamed + missing + proof

    def _complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        return self._result(self._ask(messages.completion(self.config, order, callback.proof)))

    def _void(self, order: OrderData, references: References) -> GatewayResult:
        return self._result(self._ask(messages.void(self.config, order.id)))

    def _refund(self, order: OrderData, references: References) -> GatewayResult:
        return self._result(self._ask(messages.refund(self.config, order)))

    def _status(self, query: StatusQuery) -> StatusResult:
        """The order query tells of the last transaction only; where that is a refund, the history is asked,
        too.
        """
        order = query.order
        reply = self._ask(messages.status(self.config, order.id))
        if not reply.succeeded:
            return _not_found(reply)
        if reply.order_id != order.id:
            return StatusResult(outcome=Outcome.UNKNOWN, reason=Reason.MISMATCH, mismatches=("order_id",))
        if reply.extra_text("CHARGE_TYPE_CD") == codes.CREDIT:
            history = self._ask(messages.history(self.config, order.id))
            return compare(readable(lambda: _from_history(history, order)), order)
        return compare(readable(lambda: _from_status(reply, order)), order)

    def _ask(self, request: Elements) -> replies.Reply:
        headers = {"Content-Type": "application/xml; charset=ISO-8859-9"}
        response = self._post(self.account.api_url, messages.to_document(request), headers)
        reply: replies.Reply = readable(lambda: replies.read_reply(response.content))
        return reply

    @staticmethod
    def _result(reply: replies.Reply) -> GatewayResult:
        outcome, reason = codes.verdict(reply.response, reply.return_code, reply.error_code)
        if outcome is Outcome.APPROVED and reply.order_id is None:
            raise UnreadableAnswerError("approved without an order id")
        return GatewayResult(
            outcome=outcome,
            reason=reason,
            order_id=reply.order_id,
            references=References(
                auth_code=reply.auth_code or "",
                host_reference=reply.host_reference or "",
                transaction_id=reply.transaction_id or "",
            ),
            raw_code=reply.error_code or reply.return_code or "",
            bank_text=reply.error_text or "",
            payment_approved={Outcome.APPROVED: True, Outcome.DECLINED: False}.get(outcome),
        )


def _not_found(reply: replies.Reply) -> StatusResult:
    """The bank answers 99 with an empty ORDERSTATUS where it has no such order; another refusal tells
    nothing.
    """
    refused = reply.response == "Declined" and reply.return_code == "99"
    empty = (reply.extra_text("ORDERSTATUS") or "").startswith("ORD_ID:\t") and reply.order_id is None
    nothing = refused and empty and reply.error_code is None
    return StatusResult(
        outcome=Outcome.APPROVED if nothing else Outcome.UNKNOWN,
        reason=Reason.NOT_FOUND if nothing else Reason.UNEXPECTED_CODE,
        state=OrderState.NOT_FOUND if nothing else OrderState.UNKNOWN,
        raw_code=reply.error_code or reply.return_code or "",
        bank_text=reply.error_text or "",
    )


def _from_status(reply: replies.Reply, order: OrderData) -> StatusResult:
    """Amounts of a status reply are minor units, unlike those of a request."""
    state = codes.ORDER_STATES.get(reply.extra_text("TRANS_STAT") or "", OrderState.UNKNOWN)
    taken = state in (OrderState.CAPTURED, OrderState.VOIDED)
    return StatusResult(
        outcome=Outcome.APPROVED if state is not OrderState.UNKNOWN else Outcome.UNKNOWN,
        reason=Reason.NONE if state is not OrderState.UNKNOWN else Reason.UNEXPECTED_CODE,
        state=state,
        order_id=reply.order_id,
        amount=_major(reply.extra_text("ORIG_TRANS_AMT"), order),
        captured_amount=_major(reply.extra_text("CAPTURE_AMT"), order) if taken else Decimal(0),
        refunded_amount=Decimal(0),
        references=_references(reply),
        raw_code=reply.extra_text("TRANS_STAT") or "",
        masked_card=reply.extra_text("PAN") or "",
        payment_approved=state is OrderState.CAPTURED,
    )


def _from_history(reply: replies.Reply, order: OrderData) -> StatusResult:
    charges = [row for row in reply.history if row.charge_type == codes.CHARGE and row.succeeded]
    if len(charges) != 1 or reply.order_id != order.id:
        raise ValueError("A refunded order has one charge.")
    charge = charges[0]
    captured = _major(charge.captured_minor, order) or Decimal(0)
    refunded = sum(
        (
            _major(row.captured_minor or row.original_minor, order) or Decimal(0)
            for row in reply.history
            if row.charge_type == codes.CREDIT and row.succeeded and row.state != "V"
        ),
        Decimal(0),
    )
    given_back = OrderState.REFUNDED if refunded >= captured else OrderState.PARTIALLY_REFUNDED
    state = codes.ORDER_STATES.get(charge.state, OrderState.UNKNOWN)
    return StatusResult(
        outcome=Outcome.APPROVED,
        state=given_back if state is OrderState.CAPTURED and refunded else state,
        order_id=reply.order_id,
        amount=_major(charge.original_minor, order),
        captured_amount=captured,
        refunded_amount=refunded,
        references=References(
            auth_code=charge.auth_code or "",
            host_reference=charge.host_reference or "",
            transaction_id=charge.transaction_id or "",
        ),
        raw_code=charge.state,
        payment_approved=True,
    )


def _references(reply: replies.Reply) -> References:
    return References(
        auth_code=reply.auth_code or "",
        host_reference=reply.host_reference or "",
        transaction_id=reply.transaction_id or "",
    )


def _major(minor: str | None, order: OrderData) -> Decimal | None:
    return None if minor is None else money.parse_amount(minor, order.currency, money.AmountFormat.MINOR)
