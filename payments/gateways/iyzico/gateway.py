import base64
import secrets
from collections.abc import Mapping
from decimal import Decimal

from payments.gateways.base.errors import NotAuthenticError, UnreadableAnswerError
from payments.gateways.base.gateway import Gateway
from payments.gateways.base.values import (
    compare,
    known_state,
    money_moved,
    readable,
    refunded_state,
    refused_question,
)
from payments.gateways.iyzico import codes, messages, signature
from payments.gateways.iyzico.config import IyzicoConfig
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
    StoredCard,
    ThreeDForm,
)
from payments.gateways.wire.forms import read_autopost_page


class IyzicoGateway(Gateway):
    """iyzico, JSON with IYZWSv2 signatures: docs/gateways/iyzico.md.

    `account.api_url` is the base address. A success must carry iyzico's signature; failures are not signed and
    rely on TLS. The order id is sent as conversationId and basketId; voids and refunds need iyzico's own ids, which
    come in `References`.
    """

    path = "omnicore.libs.payment_gateways.iyzico.IyzicoGateway"
    name = "iyzico"
    hosts = codes.HOSTS
    config_class = IyzicoConfig
    callback_keeps = frozenset({"status", "paymentid", "conversationid", "mdstatus"})
    capabilities = frozenset(
        {
            Capability.SALE,
            Capability.STORED_CARD_SALE,
            Capability.THREE_D,
            Capability.VOID,
            Capability.REFUND,
            Capability.PARTIAL_REFUND,
            Capability.STATUS,
        }
    )
    start_calls_bank = True
    order_id_max_length = 64

    def check_order(self, order: OrderData) -> None:
        super().check_order(order)
        if order.installments not in (1, 2, 3, 6, 9, 12):
            raise ValueError("iyzico takes 1, 2, 3, 6, 9 or 12 installments.")

    def _sale(self, order: OrderData, card: CardData) -> GatewayResult:
        return self._payment(messages.SALE, messages.sale(order, card))

    def _sale_with_stored_card(self, order: OrderData, card: StoredCard) -> GatewayResult:
        return self._payment(messages.SALE, messages.sale(order, card))

    def _start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        reply = self._ask(messages.THREE_D_INIT, messages.sale(order, card, urls.success))
        outcome, reason = codes.verdict(reply.text("status"), reply.text("errorCode"))
        if outcome is not Outcome.APPROVED:
            return self._refused(reply, outcome, reason)
        self._require_signature(reply, signature.THREE_D_INIT)
        return GatewayResult(
            outcome=Outcome.NEEDS_ACTION,
            order_id=reply.text("conversationId"),
            references=References(transaction_id=reply.text("paymentId") or ""),
            signature_valid=True,
            form=readable(lambda: _form(reply)),
        )

    def _verify_callback(self, fields: Mapping[str, str]) -> CallbackResult:
        return messages.read_callback(
            fields,
            secret_key=self.config["secret_key"],
            accept_half_secure=self.config.get("accept_half_secure", False),
        )

    def _complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        body = messages.completion(order, callback.references.transaction_id, callback.proof.md)
        return self._payment(messages.THREE_D_AUTH, body)

    def _void(self, order: OrderData, references: References) -> GatewayResult:
        return self._reverse(messages.CANCEL, messages.cancel(order, references.transaction_id))

    def _refund(self, order: OrderData, references: References) -> GatewayResult:
        return self._reverse(messages.REFUND, messages.refund(order, references.item_id))

    def _status(self, query: StatusQuery) -> StatusResult:
        body = messages.detail(query.order, query.references.transaction_id)
        reply = self._ask(messages.DETAIL, body)
        if not reply.succeeded:
            return _not_found(reply)
        self._require_signature(reply, signature.PAYMENT)
        return compare(readable(lambda: _status(reply)), query.order)

    def _payment(self, path: str, body: messages.Body) -> GatewayResult:
        """Ask for money. A payment under review at iyzico is UNKNOWN, one that the review rejected is DECLINED."""
        reply = self._ask(path, body)
        outcome, reason = codes.verdict(reply.text("status"), reply.text("errorCode"))
        if outcome is not Outcome.APPROVED:
            return self._refused(reply, outcome, reason)
        self._require_signature(reply, signature.PAYMENT)
        fraud = reply.text("fraudStatus")
        if fraud == codes.FRAUD_REJECTED:
            outcome, reason = Outcome.DECLINED, Reason.SUSPECTED_FRAUD
        elif fraud != codes.FRAUD_CLEAR:
            outcome, reason = Outcome.UNKNOWN, Reason.UNDER_REVIEW
        return readable(lambda: _paid(reply, outcome, reason))

    def _reverse(self, path: str, body: messages.Body) -> GatewayResult:
        reply = self._ask(path, body)
        outcome, reason = codes.verdict(reply.text("status"), reply.text("errorCode"))
        if outcome is not Outcome.APPROVED:
            return self._refused(reply, outcome, reason)
        self._require_signature(reply, signature.REFUND)
        return readable(
            lambda: GatewayResult(
                outcome=outcome,
                order_id=reply.text("conversationId"),
                amount=reply.amount("price"),
                currency=reply.text("currency"),
                references=_references(reply),
                signature_valid=True,
                payment_approved=True,
            )
        )

    def _ask(self, path: str, body: messages.Body) -> messages.Reply:
        document = messages.to_document(body)
        random_key = secrets.token_hex(12)
        signed = signature.request_signature(self.config["secret_key"], random_key, path, document)
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "x-iyzi-rnd": random_key,
            "Authorization": signature.authorization(self.config["api_key"], random_key, signed),
        }
        url = self.account.api_url.rstrip("/") + path
        return self._exchange(url, document.encode(), headers, messages.read_reply)

    def _require_signature(self, reply: messages.Reply, names: tuple[str, ...]) -> None:
        if not reply.is_authentic(self.config["secret_key"], names):
            raise NotAuthenticError("success without iyzico's signature")

    @staticmethod
    def _refused(reply: messages.Reply, outcome: Outcome, reason: Reason) -> GatewayResult:
        return GatewayResult(
            outcome=outcome,
            reason=reason,
            order_id=reply.text("conversationId"),
            raw_code=reply.text("errorCode") or "",
            bank_text=reply.text("errorMessage") or "",
            payment_approved=False if outcome is Outcome.DECLINED else None,
        )


def _form(reply: messages.Reply) -> ThreeDForm:
    """The form inside iyzico's page. None of the page's scripts may run on our origin."""
    html = base64.b64decode(reply.text("threeDSHtmlContent") or "", validate=True).decode()
    page = read_autopost_page(html)
    if page.method != "POST" or not page.action.startswith(("https://", "http://")):
        raise UnreadableAnswerError("no form to post")
    return ThreeDForm(method=page.method, action=page.action, inputs=page.inputs)


def _paid(reply: messages.Reply, outcome: Outcome, reason: Reason) -> GatewayResult:
    items = reply.items
    if reply.text("basketId") is None or reply.amount("paidPrice") is None or len(items) != 1:
        raise UnreadableAnswerError("a payment without its basket")
    prices_agree = reply.amount("paidPrice") == reply.amount("price")
    count = reply.text("installment")
    return GatewayResult(
        outcome=outcome,
        reason=reason,
        order_id=reply.text("basketId"),
        amount=reply.amount("paidPrice"),
        currency=reply.text("currency"),
        installments=int(count) if count else None,
        references=_references(reply),
        raw_code=reply.text("fraudStatus") or "",
        masked_card=_masked_card(reply),
        signature_valid=True,
        payment_approved=money_moved(outcome),
        mismatches=() if prices_agree else ("price",),
    )


def _not_found(reply: messages.Reply) -> StatusResult:
    return refused_question(
        not_found=codes.REASONS.get(reply.text("errorCode") or "") is Reason.NOT_FOUND,
        raw_code=reply.text("errorCode") or "",
        bank_text=reply.text("errorMessage") or "",
    )


def _status(reply: messages.Reply) -> StatusResult:
    """`cancels` and `refunds` list voids and refunds, where iyzico sends them."""
    state = codes.PAYMENT_STATES.get(reply.text("paymentStatus") or "", OrderState.UNKNOWN)
    if reply.text("fraudStatus") not in (None, codes.FRAUD_CLEAR) and state is OrderState.CAPTURED:
        rejected = reply.text("fraudStatus") == codes.FRAUD_REJECTED
        state = OrderState.DECLINED if rejected else OrderState.PENDING
    paid = reply.amount("paidPrice")
    captured = paid if state is OrderState.CAPTURED else Decimal(0)
    refunded = None
    if state is OrderState.CAPTURED and "refunds" in reply.values:
        refunded = sum((Decimal(str(row["refundPrice"])) for row in reply.values["refunds"]), Decimal(0))
        if reply.values.get("cancels"):
            state = OrderState.VOIDED
        elif refunded:
            state = refunded_state(paid, refunded)
    count = reply.text("installment")
    return StatusResult(
        **known_state(state),
        order_id=reply.text("basketId"),
        amount=paid,
        currency=reply.text("currency"),
        installments=int(count) if count else None,
        captured_amount=captured,
        refunded_amount=refunded,
        references=_references(reply),
        raw_code=reply.text("paymentStatus") or "",
        masked_card=_masked_card(reply),
        signature_valid=True,
        payment_approved=captured == paid,
    )


def _references(reply: messages.Reply) -> References:
    item = reply.items[0] if reply.items else {}
    return References(
        auth_code=reply.text("authCode") or "",
        host_reference=reply.text("hostReference") or "",
        transaction_id=reply.text("paymentId") or "",
        item_id=str(item.get("paymentTransactionId", "")),
    )


def _masked_card(reply: messages.Reply) -> str:
    first, last = reply.text("binNumber"), reply.text("lastFourDigits")
    return f"{first}******{last}" if first and last else ""
