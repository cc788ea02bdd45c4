"""TM Forum's status words for our states."""

from billing.states import PaymentState as P
from billing.states import RefundState as R

PAYMENT_STATUS: dict[str, str] = {
    P.CREATED: "pendingAuthorization",
    P.PENDING_3D: "pendingAuthorization",
    P.PROCESSING: "pendingAuthorization",
    P.UNKNOWN: "pendingAuthorization",  # the bank may have said yes; nobody knows yet
    P.CAPTURED: "captured",
    P.PARTIALLY_REFUNDED: "captured",
    P.REFUNDED: "captured",  # what went back is a resource of its own
    P.VOIDED: "canceled",
    P.DECLINED: "denied",
    P.FAILED: "failed",
}

REFUND_STATUS: dict[str, str] = {
    R.WAITING: "pendingAuthorization",
    R.PROCESSING: "authorized",
    R.UNKNOWN: "authorized",
    R.DONE: "done",
    R.DECLINED: "denied",
    R.REJECTED: "canceled",
}

WORDS = ("pendingAuthorization", "authorized", "captured", "failed", "canceled", "denied", "done")


def states_of(words: dict[str, str], word: str) -> list[str]:
    """The states that a status word stands for. Raises ValueError for a word that is none."""
    if word not in WORDS:
        raise ValueError(f"one of {', '.join(WORDS)} is expected")
    return [str(state) for state, status in words.items() if status == word]
