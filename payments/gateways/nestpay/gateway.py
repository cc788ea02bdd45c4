import secrets
from collections.abc import Mapping
from decimal import Decimal

from config.kit.lib import money
from payments.gateways.base.callbacks import missing_proof
from payments.gateways.base.errors import UnreadableAnswerError
from payments.gateways.base.gateway import Gateway
from payments.gateways.base.values import (
    compare,
    differing,
    known_state,
    minor_amount,
    money_moved,
    readable,
    refunded_state,
    refused_question,
)
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
)
from payments.gateways.wire.xml import Elements


class NestPayGateway(Gateway):
    """NestPay (EST, Payten) by Asseco: docs/gateways/nestpay.md.

    Akbank, İşbank, Ziraat, Halkbank, TEB, Şekerbank, TFKB and others. Replies of the XML API are not signed: the
    TLS connection and the order id in them are what identifies them. Refunds are possible only after the end of
    the day, voids only before it.
    """

    path = "omnicore.libs.payment_gateways.nestpay.NestPayGateway"
    name = "NestPay"
    config_class = NestPayConfig
    capabilities = frozenset(
        {
            Capability.SALE,
            Capability.THREE_D,
            Capability.VOID,
            Capability.REFUND,
            Capability.PARTIAL_REFUND,
            Capability.STATUS,
        }
    )
    hosts = codes.HOSTS
    callback_keeps = frozenset(
        {
            "oid", "clientid", "amount", "currency", "taksit", "islemtipi", "storetype", "lang", "hashparams",
            "mdstatus", "mderrormsg", "txstatus", "eci", "tds2_transstatus", "traceid",
            "response", "procreturncode", "errcode", "errorcode", "extra.errorcode", "errmsg",
            "authcode", "hostrefnum", "transid", "extra.trxdate",
        }
    )  # fmt: skip
    signs_replies = False
    order_id_max_length = 64
    currencies = frozenset({"TRY", "USD", "EUR", "GBP", "JPY", "RUB", "MAD"})

    def _sale(self, order: OrderData, card: CardData) -> GatewayResult:
        return self._result(self._ask(messages.sale(self.config, order, card)))

    def _start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        form = messages.three_d_form(
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
        """Everything that we sent must come back unchanged.

        ver3 hashes values in the order of their names, but not the names: a payer can rename fields without
        changing their order and keep the hash. A value that we know fixes the place of its field.
        """
        expected = {
            "clientid": self.config["client_id"],
            "hashAlgorithm": signature.VER3,
            "storetype": self.config["store_type"],
            "currency": money.numeric_currency(order.currency),
        }
        different = differing(fields, expected, optional=False)
        missing = ("amount",) if result.amount is None else ()
        known = super()._callback_mismatches(result, fields, order)
        return known + different + missing + missing_proof(result)

    def _complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        return self._result(self._ask(messages.completion(self.config, order, callback.proof)))

    def _void(self, order: OrderData, references: References) -> GatewayResult:
        return self._result(self._ask(messages.void(self.config, order.id)))

    def _refund(self, order: OrderData, references: References) -> GatewayResult:
        return self._result(self._ask(messages.refund(self.config, order)))

    def _status(self, query: StatusQuery) -> StatusResult:
        """The order query describes the last transaction only; if that is a refund, the history is asked, too."""
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
        return self._exchange(
            self.account.api_url, messages.to_document(request), headers, replies.read_reply
        )

    @staticmethod
    def _result(reply: replies.Reply) -> GatewayResult:
        outcome, reason = codes.verdict(reply.response, reply.return_code, reply.error_code)
        if outcome is Outcome.APPROVED and reply.order_id is None:
            raise UnreadableAnswerError("approved without an order id")
        return GatewayResult(
            outcome=outcome,
            reason=reason,
            order_id=reply.order_id,
            references=_references(reply),
            raw_code=reply.error_code or reply.return_code or "",
            bank_text=reply.error_text or "",
            payment_approved=money_moved(outcome),
        )


def _not_found(reply: replies.Reply) -> StatusResult:
    """An unknown order is refused with 99 and an empty ORDERSTATUS. Other refusals say nothing about the order."""
    refused = reply.response == "Declined" and reply.return_code == "99"
    empty = (reply.extra_text("ORDERSTATUS") or "").startswith("ORD_ID:\t") and reply.order_id is None
    return refused_question(
        not_found=refused and empty and reply.error_code is None,
        raw_code=reply.error_code or reply.return_code or "",
        bank_text=reply.error_text or "",
    )


def _from_status(reply: replies.Reply, order: OrderData) -> StatusResult:
    """Amounts of a status reply are in minor units, unlike those of a request."""
    state = codes.ORDER_STATES.get(reply.extra_text("TRANS_STAT") or "", OrderState.UNKNOWN)
    taken = state in (OrderState.CAPTURED, OrderState.VOIDED)
    captured = reply.extra_text("CAPTURE_AMT")
    return StatusResult(
        **known_state(state),
        order_id=reply.order_id,
        amount=minor_amount(reply.extra_text("ORIG_TRANS_AMT"), order.currency),
        captured_amount=minor_amount(captured, order.currency) if taken else Decimal(0),
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
    captured = minor_amount(charge.captured_minor, order.currency) or Decimal(0)
    refunded = sum((_refund_amount(row, order) for row in reply.history), Decimal(0))
    state = codes.ORDER_STATES.get(charge.state, OrderState.UNKNOWN)
    if state is OrderState.CAPTURED and refunded:
        state = refunded_state(captured, refunded)
    return StatusResult(
        outcome=Outcome.APPROVED,
        state=state,
        order_id=reply.order_id,
        amount=minor_amount(charge.original_minor, order.currency),
        captured_amount=captured,
        refunded_amount=refunded,
        references=_references(charge),
        raw_code=charge.state,
        payment_approved=True,
    )


def _refund_amount(row: replies.HistoryRow, order: OrderData) -> Decimal:
    if row.charge_type != codes.CREDIT or not row.succeeded or row.state == "V":
        return Decimal(0)
    return minor_amount(row.captured_minor or row.original_minor, order.currency) or Decimal(0)


def _references(source: replies.Reply | replies.HistoryRow) -> References:
    return References(
        auth_code=source.auth_code or "",
        host_reference=source.host_reference or "",
        transaction_id=source.transaction_id or "",
    )
