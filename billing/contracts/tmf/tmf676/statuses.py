"""TM Forum's statuses and our states."""

from billing.states import PaymentState as P
from billing.states import RefundState as R

PAYMENT_STATUS: dict[str, str] = {
    P.CREATED: "pendingAuthorization",
    P.PENDING_3D: "pendingAuthorization",
    P.PROCESSING: "pendingAuthorization",
    P.UNKNOWN: "pendingAuthorization",  # the bank may have approved it
    P.CAPTURED: "captured",
    P.PARTIALLY_REFUNDED: "captured",
    P.REFUNDED: "captured",  # refunds are resources of their own
    P.VOIDED: "canceled",
    P.DECLINED: "denied",
    P.FAILED: "failed",
}

REFUND_STATUS: dict[str, str] = {
    R.WAITING: "pendingAuthorization",
    R.SCHEDULED: "authorized",
    R.PROCESSING: "authorized",
    R.UNKNOWN: "authorized",
    R.DONE: "done",
    R.DECLINED: "denied",
    R.REJECTED: "canceled",
}

STATUSES = ("pendingAuthorization", "authorized", "captured", "failed", "canceled", "denied", "done")


def states_for(mapping: dict[str, str], status: str) -> list[str]:
    """The states that have the status. Raises ValueError for a status that TM Forum does not define."""
    if status not in STATUSES:
        raise ValueError(f"one of {', '.join(STATUSES)} is expected")
    return [str(state) for state, known in mapping.items() if known == status]
