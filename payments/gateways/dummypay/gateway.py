import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from payments.gateways.base.gateway import Gateway
from payments.gateways.dummypay import codes, messages
from payments.gateways.dummypay.codes import Scenario, scenario_of
from payments.gateways.dummypay.config import DummyPayConfig
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
)

START_THREE_D = "start_three_d"


class DummyPayGateway(Gateway):
    """A simulated gateway for trials: docs/gateways/dummypay.md.

    Nothing is sent and nothing is booked. What happens to an order follows from its card and amount, and a
    status question is answered by the same rule from the masked card, the amount and the last operation.
    `account.three_d_url` is the address of the page that the caller serves with `open_page` and `answer_page`.
    """

    path = "omnicore.libs.payment_gateways.dummypay.DummyPayGateway"
    name = "DummyPay"
    config_class = DummyPayConfig
    is_simulated = True
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
    callback_keeps = frozenset({"order_id", "amount", "currency", "installments", "md_status", "message"})
    signs_replies = False  # it has no replies
    order_id_max_length = 64

    def can(self, capability: Capability) -> bool:
        if capability is Capability.THREE_D:
            return bool(self.config.get("three_d_enabled"))
        return super().can(capability)

    def open_page(self, fields: Mapping[str, str]) -> messages.ThreeDPage:
        """What the 3-D page shows for the form posted to it. Raises ValueError for a forged form."""
        return messages.read_page(fields, self._key)

    def answer_page(self, fields: Mapping[str, str], code: str) -> messages.PageAnswer:
        """The callback after the payer entered `code`. Raises ValueError for a forged form."""
        return messages.answer_page(fields, code, self._key)

    @property
    def _key(self) -> str:
        auth = self.config.get("auth") or {}
        return str(auth.get("store_key") or self.account.local_key)

    def _sale(self, order: OrderData, card: CardData) -> GatewayResult:
        return _answer(order, scenario_of(card.number, order.amount))

    def _sale_with_stored_card(self, order: OrderData, card: StoredCard) -> GatewayResult:
        return _answer(order, scenario_of(order.masked_card, order.amount))

    def _start_three_d(self, order: OrderData, card: CardData, urls: ReturnUrls) -> GatewayResult:
        form = messages.three_d_form(
            order,
            scenario_of(card.number, order.amount),
            urls,
            page_url=self.account.three_d_url,
            key=self._key,
        )
        return GatewayResult(outcome=Outcome.NEEDS_ACTION, order_id=order.id, form=form)

    def _verify_callback(self, fields: Mapping[str, str]) -> CallbackResult:
        return messages.read_callback(fields, self._key)

    def _complete_three_d(self, order: OrderData, callback: CallbackResult) -> GatewayResult:
        return _answer(order, Scenario(callback.proof.md))

    def _void(self, order: OrderData, references: References) -> GatewayResult:
        if self.config.get("fail_on_void"):
            return _declined(order, Reason.NOT_VOIDABLE)
        return _answer(order, Scenario.APPROVE)

    def _refund(self, order: OrderData, references: References) -> GatewayResult:
        if self.config.get("fail_on_refund"):
            return _declined(order, Reason.NOT_SETTLED)
        return _answer(order, scenario_of("", order.amount))

    def _status(self, query: StatusQuery) -> StatusResult:
        order = query.order
        state = codes.STATES.get(scenario_of(order.masked_card, order.amount), OrderState.CAPTURED)
        if query.last_operation == START_THREE_D:
            state = OrderState.NOT_FOUND  # the payer has not returned, so nothing was charged
        if state is OrderState.NOT_FOUND:
            return StatusResult(outcome=Outcome.APPROVED, reason=Reason.NOT_FOUND, state=state)
        taken = state is OrderState.CAPTURED
        approved = _approved(order)
        return StatusResult(
            outcome=Outcome.APPROVED,
            state=state,
            order_id=order.id,
            amount=order.amount,
            currency=order.currency,
            installments=order.installments,
            captured_amount=order.amount if taken else Decimal(0),
            references=approved.references if taken else References(),
            raw_code=approved.raw_code if taken else "05",
            payment_approved=taken,
        )


def _answer(order: OrderData, scenario: Scenario) -> GatewayResult:
    if scenario not in codes.ANSWERS:
        return _approved(order)
    outcome, reason, code = codes.ANSWERS[scenario]
    result = GatewayResult(outcome=outcome, reason=reason, raw_code=code)
    if outcome is Outcome.DECLINED:
        return replace(result, order_id=order.id, payment_approved=False)
    return result


def _approved(order: OrderData) -> GatewayResult:
    """References follow from the order, so that every question gets the same ones."""
    digest = hashlib.sha256(order.id.encode()).hexdigest()
    return GatewayResult(
        outcome=Outcome.APPROVED,
        order_id=order.id,
        amount=order.amount,
        currency=order.currency,
        installments=order.installments,
        references=References(
            auth_code=f"D{int(digest[:8], 16) % 100000:05d}",
            host_reference=f"{int(digest[8:20], 16) % 10**12:012d}",
            transaction_id=f"dummy-{digest[:16]}",
        ),
        raw_code="00",
        payment_approved=True,
    )


def _declined(order: OrderData, reason: Reason) -> GatewayResult:
    return GatewayResult(
        outcome=Outcome.DECLINED, reason=reason, order_id=order.id, raw_code="12", payment_approved=False
    )
