"""What a bank's answer, callback or status, or an operator, says about the money of a charge."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.models import Payment
from payments.gateways.types import (
    CallbackResult,
    GatewayResult,
    OrderState,
    Outcome,
    Reason,
    References,
    StatusResult,
)


class Finding(StrEnum):
    TAKEN = "taken"
    """The bank has captured our amount for our order."""
    NOT_TAKEN = "not_taken"
    """An authentic refusal."""
    NOT_SENT = "not_sent"
    """The request provably did not reach the bank."""
    PAYER_NEEDED = "payer_needed"
    """The payer must authenticate (3-D Secure)."""
    PENDING = "pending"
    """The bank has not finished the order, for example a payment under review."""
    THREE_D_OPEN = "three_d_open"
    """The order waits for its 3-D Secure or its completion, which may still be on its way."""
    RETURNED = "returned"
    """Captured, and fully refunded or voided at the bank."""
    NOT_FOUND = "not_found"
    """The bank does not know the order. It may still book a request that is on its way."""
    CONTRADICTS = "contradicts"
    """The bank captured a different amount, currency or order. Nothing is booked and a case is opened."""
    NOTHING = "nothing"
    """No answer, or one that is unreadable, unexpected or not authentic."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`text` goes into the case, `reason` into the payment. Neither holds card data or proofs."""

    finding: Finding
    reason: str = ""
    references: References = References()
    refunded_amount: Decimal | None = None
    """Refunded amount of a TAKEN payment according to the bank, in major units; None if it does not say."""
    text: str = ""
    voided: bool = False
    """The whole order was given back by one void: an order that has refunds cannot be voided."""


_OF_OUTCOME = {
    Outcome.APPROVED: Finding.TAKEN,
    Outcome.DECLINED: Finding.NOT_TAKEN,
    Outcome.NOT_SENT: Finding.NOT_SENT,
    Outcome.NEEDS_ACTION: Finding.PAYER_NEEDED,
    Outcome.UNKNOWN: Finding.NOTHING,
}

_OF_STATE = {
    OrderState.CAPTURED: Finding.TAKEN,
    OrderState.PARTIALLY_REFUNDED: Finding.TAKEN,
    OrderState.DECLINED: Finding.NOT_TAKEN,
    OrderState.VOIDED: Finding.RETURNED,
    OrderState.REFUNDED: Finding.RETURNED,
    OrderState.NOT_FOUND: Finding.NOT_FOUND,
    OrderState.PENDING: Finding.PENDING,
    OrderState.THREE_D_OPEN: Finding.THREE_D_OPEN,
    OrderState.AUTHORIZED: Finding.PENDING,
    OrderState.UNKNOWN: Finding.NOTHING,
}


def evidence_of_answer(result: GatewayResult) -> Evidence:
    """Evidence of a sale, a completion, or a callback with a final result."""
    finding = _OF_OUTCOME[result.outcome]
    if result.mismatches and _claims_money(result):
        return _contradiction(result)
    return Evidence(finding=finding, reason=result.reason, references=result.references)


def evidence_of_status(payment: Payment, result: StatusResult) -> Evidence:
    """Evidence of a status query. A captured amount other than ours contradicts, like a mismatch."""
    took_other = result.captured_amount not in (None, payment.amount)
    taken = _OF_STATE[result.state] is Finding.TAKEN
    if (result.mismatches and _claims_money(result)) or (taken and took_other):
        return _contradiction(result)
    if result.mismatches:
        return Evidence(finding=Finding.NOTHING, reason=Reason.MISMATCH)
    finding = _OF_STATE[result.state]
    reason = f"bank_{result.state}" if finding is Finding.RETURNED else result.reason
    return Evidence(
        finding=finding,
        reason=reason,
        references=result.references,
        refunded_amount=result.refunded_amount,
        voided=result.state is OrderState.VOIDED,
        text=f"Outcome {result.outcome}, state {result.state}, code {result.raw_code or 'none'}.",
    )


def _claims_money(result: GatewayResult) -> bool:
    """Whether an authentic message says that money moved, even if other details differ from ours."""
    if isinstance(result, CallbackResult):
        return result.claims_money
    captured = isinstance(result, StatusResult) and _OF_STATE[result.state] is Finding.TAKEN
    return bool(result.payment_approved) or captured


def _contradiction(result: GatewayResult) -> Evidence:
    told = (
        f"{result.amount} {result.currency or ''}".strip() if result.amount is not None else "another amount"
    )
    differs = ", ".join(result.mismatches) or "captured amount"
    return Evidence(
        finding=Finding.CONTRADICTS,
        reason=Reason.MISMATCH,
        text=f"The bank says it took {told} for order {result.order_id or 'unknown'}; it differs in {differs}.",
    )
