"""What a message says about the money of a charge, whoever sent it: answer, callback, status, statement, person."""

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
    """The bank has taken our amount for our order."""
    NOT_TAKEN = "not_taken"
    """An authentic refusal."""
    NOT_SENT = "not_sent"
    """The request provably did not reach the bank."""
    PAYER_NEEDED = "payer_needed"
    """The payer must confirm at the bank (3-D Secure)."""
    PENDING = "pending"
    """The bank knows the order and has not finished it: an unfinished 3-D Secure, a payment under review."""
    RETURNED = "returned"
    """Taken, and given back whole at the bank without us."""
    NOT_FOUND = "not_found"
    """The bank does not know the order now. It may still book a request that is on its way."""
    CONTRADICTS = "contradicts"
    """The bank took money, but another amount, currency or order than ours. Books nothing, opens a case."""
    NOTHING = "nothing"
    """No answer, unreadable, unexpected or not authentic."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`text` is for the case that a person reads; `reason` is stored with the payment. No card data, no proofs."""

    finding: Finding
    reason: str = ""
    references: References = References()
    refunded_amount: Decimal | None = None
    """What the bank says was given back of a payment that is TAKEN, in major units; None where it does not say."""
    text: str = ""


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
    OrderState.AUTHORIZED: Finding.PENDING,
    OrderState.UNKNOWN: Finding.NOTHING,
}


def evidence_of_answer(result: GatewayResult) -> Evidence:
    """Of a sale, a completion, or a callback that tells the end."""
    finding = _OF_OUTCOME[result.outcome]
    if result.mismatches and _claims_money(result):
        return _contradiction(result)
    return Evidence(finding=finding, reason=result.reason, references=result.references)


def evidence_of_status(payment: Payment, result: StatusResult) -> Evidence:
    """Of the bank's books. A captured amount other than ours contradicts, as a mismatch does."""
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
        text=f"Outcome {result.outcome}, state {result.state}, code {result.raw_code or 'none'}.",
    )


def _claims_money(result: GatewayResult) -> bool:
    """Whether an authentic message says that money moved, although its details are not ours."""
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
