from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from config.kit.lib import money
from payments.gateways.base.callbacks import missing_proof
from payments.gateways.base.errors import (
    NotAuthenticError,
    UnreadableAnswerError,
)
from payments.gateways.base.gateway import Gateway
from payments.gateways.base.values import (
    compare,
    differing,
    known_state,
    minor_amount,
    money_moved,
    read_installments,
    readable,
    refunded_state,
    refused_question,
)
from payments.gateways.garanti import codes, messages, replies, signature
from payments.gateways.garanti.config import GarantiConfig
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


class GarantiGateway(Gateway):
    """Garanti BBVA GVPS, version 512: docs/gateways/garanti.md.

    Every reply must carry its HashData; without it, or with a wrong one, the result is UNKNOWN, also for a
    refusal. Refunds are possible only after the end of the day, voids only before it.
    """

    path = "omnicore.libs.payment_gateways.garanti.GarantiGateway"
    name = "Garanti BBVA"
    hosts = codes.HOSTS
    config_class = GarantiConfig
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
    callback_keeps = frozenset(
        {
            "oid", "orderid", "clientid", "terminalid", "txnamount", "txncurrencycode", "txninstallmentcount",
            "txntype", "mode", "secure3dsecuritylevel", "hashparams",
            "mdstatus", "mderrormessage", "txnstatus", "eci", "transid",
            "response", "procreturncode", "errmsg", "hostmsg", "authcode", "hostrefnum",
        }
    )  # fmt: skip
    order_id_max_length = 32
    currencies = frozenset({"TRY", "USD", "EUR", "GBP", "JPY", "RUB"})

    def check_order(self, order: OrderData) -> None:
        super().check_order(order)
        if not order.payer.ip:
            raise ValueError("Garanti requires the payer's IP address.")

    def _sale(self, order: OrderData, card: CardData) -> GatewayResult:
        return self._result(self._ask(messages.sale(self.config, order, card)))

    def _start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        form = messages.three_d_form(self.config, order, urls, gate_url=self.account.three_d_url, card=card)
        return GatewayResult(outcome=Outcome.NEEDS_ACTION, order_id=order.id, form=form)

    def _verify_callback(self, fields: Mapping[str, str]) -> CallbackResult:
        return replies.read_callback(
            fields,
            store_key=self.config["store_key"],
            security_level=self.config["security_level"],
            accept_half_secure=self.config.get("accept_half_secure", False),
        )

    def _callback_mismatches(
        self, result: CallbackResult, fields: Mapping[str, str], order: OrderData
    ) -> tuple[str, ...]:
        """`oid` is signed; `orderid`, `txnamount` and the others are not, and must agree with our order, too."""
        expected = {
            "clientid": self.config["terminal_id"],
            "orderid": order.id,
            "txncurrencycode": money.numeric_currency(order.currency),
            "secure3dsecuritylevel": self.config["security_level"],
        }
        different = differing(fields, expected, optional=True)
        return super()._callback_mismatches(result, fields, order) + different + missing_proof(result)

    def _complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        amount = messages.amount_minor(order)
        return self._result(self._ask(messages.completion(self.config, order, callback.proof, amount=amount)))

    def _void(self, order: OrderData, references: References) -> GatewayResult:
        request = messages.void(self.config, order, references.host_reference)
        return self._result(self._ask(request, self.config["refund_password"]))

    def _refund(self, order: OrderData, references: References) -> GatewayResult:
        request = messages.refund(self.config, order, references.host_reference)
        return self._result(self._ask(request, self.config["refund_password"]))

    def _status(self, query: StatusQuery) -> StatusResult:
        """The inquiry says whether the order was charged, its history what was voided and refunded since.

        Only both together are an answer: the inquiry alone says "captured" of an order that was voided.
        """
        order = query.order
        reply = self._ask(messages.inquiry(self.config, order))
        if not reply.succeeded:
            return _not_found(reply)
        if not reply.confirms(
            order_id=order.id,
            amount_minor=messages.amount_minor(order),
            terminal_id=str(self.config["terminal_id"]),
            merchant_id=str(self.config["merchant_id"]),
        ):
            told = readable(lambda: _from_inquiry(reply, order))
            return StatusResult(
                outcome=Outcome.UNKNOWN,
                reason=Reason.MISMATCH,
                order_id=told.order_id,
                amount=told.amount,
                payment_approved=told.payment_approved,
                mismatches=("inquiry",),
            )
        result = compare(readable(lambda: _from_inquiry(reply, order)), order)
        if result.state not in (OrderState.CAPTURED, OrderState.VOIDED):
            return result
        history = self._ask(messages.history(self.config, order))
        if history.order_id != order.id or not history.succeeded:
            raise UnreadableAnswerError("the order's history is missing")
        return readable(lambda: _with_history(result, history, order))

    def _ask(self, request: Elements, password: str = "") -> replies.Reply:
        """Raises NotAuthenticError where the reply is not signed, whatever it says."""
        headers = {"Content-Type": "application/xml; charset=UTF-8"}
        document = messages.to_document(request)
        reply = self._exchange(self.account.api_url, document, headers, replies.read_reply)
        security = signature.security_data(
            password or self.config["prov_password"], str(self.config["terminal_id"])
        )
        if not reply.is_authentic(security):
            raise NotAuthenticError(f"{reply.code}/{reply.reason_code}")
        return reply

    @staticmethod
    def _result(reply: replies.Reply) -> GatewayResult:
        outcome, reason = codes.verdict(reply.code, reply.reason_code)
        if outcome is Outcome.APPROVED and reply.order_id is None:
            raise UnreadableAnswerError("approved without an order id")
        reason_code = reply.reason_code if reply.code == codes.GATEWAY_REFUSAL else None
        return GatewayResult(
            outcome=outcome,
            reason=reason,
            order_id=reply.order_id,
            references=References(
                auth_code=reply.transaction("AuthCode") or "",
                host_reference=reply.transaction("RetrefNum") or "",
            ),
            raw_code="/".join(filter(None, (reply.code, reason_code))),
            bank_text=reply.transaction("Response", "ErrorMsg") or "",
            masked_card=reply.transaction("CardNumberMasked") or "",
            signature_valid=True,
            payment_approved=money_moved(outcome),
        )


def _not_found(reply: replies.Reply) -> StatusResult:
    return refused_question(
        not_found=codes.REASONS.get(reply.reason_code or "") is Reason.NOT_FOUND,
        raw_code=f"{reply.code}/{reply.reason_code}",
        bank_text=reply.transaction("Response", "SysErrMsg") or "",
        signature_valid=True,
    )


def _from_inquiry(reply: replies.Reply, order: OrderData) -> StatusResult:
    state = codes.ORDER_STATES.get(reply.inquiry("Status") or "", OrderState.UNKNOWN)
    taken = state in (OrderState.CAPTURED, OrderState.VOIDED)
    minor = reply.inquiry("AuthAmount") if taken else reply.inquiry("PreAuthAmount")
    has_amount = state not in (OrderState.UNKNOWN, OrderState.DECLINED)
    return StatusResult(
        **known_state(state),
        order_id=reply.order_id,
        amount=_amount(minor, order) if has_amount else None,
        installments=read_installments(reply.inquiry("InstallmentCnt")),
        captured_amount=_amount(minor, order) if taken else Decimal(0),
        references=References(
            auth_code=reply.inquiry("AuthCode") or "", host_reference=reply.inquiry("RetrefNum") or ""
        ),
        raw_code=reply.inquiry("Status") or "",
        masked_card=reply.inquiry("CardNumberMasked") or "",
        signature_valid=True,
        payment_approved=state is OrderState.CAPTURED,
    )


def _with_history(result: StatusResult, history: replies.Reply, order: OrderData) -> StatusResult:
    """The answer of the inquiry with the voids and refunds of the history."""
    done = [row for row in history.transactions if row.succeeded]
    voided = any(row.kind in codes.VOIDS or (row.kind in codes.SALES and row.voided) for row in done)
    refunded = sum(
        (_amount(row.amount_minor, order) for row in done if row.kind in codes.REFUNDS), Decimal(0)
    )
    state = result.state
    if voided:
        state = OrderState.VOIDED
    elif refunded:
        state = refunded_state(result.captured_amount, refunded)
    return replace(result, state=state, refunded_amount=refunded)


def _amount(minor: str | None, order: OrderData) -> Decimal:
    return minor_amount(minor, order.currency) or Decimal(0)
