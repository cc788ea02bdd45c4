"""Garanti's codes: docs/gateways/garanti.md."""

from payments.gateways.types import OrderState, Outcome, Reason
from payments.gateways.wire import iso8583

HOSTS = frozenset(
    {
        "sanalposprov.garanti.com.tr",
        "sanalposprov.garantibbva.com.tr",
        "sanalposprovtest.garanti.com.tr",
        "sanalposprovtest.garantibbva.com.tr",
    }
)

APPROVED = "00"
REFUSED = frozenset({"Declined", "Error"})
"""`response` of a callback that refuses."""
GATEWAY_REFUSAL = "92"

REASONS = {
    "0002": Reason.MISCONFIGURED,
    "0003": Reason.EXPIRED_CARD,
    "0651": Reason.MISCONFIGURED,
    "0652": Reason.MISCONFIGURED,
    "0653": Reason.MISCONFIGURED,
    "0654": Reason.MISCONFIGURED,
    "0752": Reason.MISCONFIGURED,
    "0753": Reason.MISCONFIGURED,
    "0769": Reason.MISCONFIGURED,
    "0231": Reason.MISCONFIGURED,
    "0104": Reason.DUPLICATE_ORDER,
    "0101": Reason.NOT_FOUND,
    "0103": Reason.NOT_FOUND,
    "0108": Reason.NOT_FOUND,
    "0110": Reason.NOT_FOUND,
    "0202": Reason.NOT_PERMITTED,
    "0207": Reason.NOT_VOIDABLE,
    "0208": Reason.NOT_SETTLED,
    "0210": Reason.NOT_VOIDABLE,
    "0214": Reason.EXCEEDS_CAPTURED,
    "0763": Reason.THREE_D_FAILED,
    "0804": Reason.THREE_D_FAILED,
}
"""`ReasonCode` of a refusal by the gateway itself (code 92).

9998, its time-out, is missing on purpose: the outcome is not known."""

ORDER_STATES = {
    "APPROVED": OrderState.CAPTURED,
    "WAITINGPOSTAUTH": OrderState.AUTHORIZED,
    "VOIDED": OrderState.VOIDED,
    "DECLINED": OrderState.DECLINED,
}

SALES = frozenset({"sales", "satis"})
REFUNDS = frozenset({"refund", "iade"})
VOIDS = frozenset({"void", "iptal"})
AUTHORIZATIONS = frozenset({"preauth", "on otorizasyon"})
CAPTURES = frozenset({"postauth", "on otorizasyon kapama"})
"""Types of a transaction in an order's history and, in Turkish, in the list of orders."""

SUCCEEDED = frozenset({"00", "Basarili"})

TRANSACTION_TYPES = {"pay": "sales", "pre": "preauth"}
CYCLES = {"day": "D", "week": "W", "month": "M", "year": "Y"}


def verdict(code: str | None, reason_code: str | None) -> tuple[Outcome, Reason]:
    """Outcome and reason for `Response/Code` and `ReasonCode` of an authentic reply."""
    if code == APPROVED:
        return Outcome.APPROVED, Reason.NONE
    if code == GATEWAY_REFUSAL and reason_code in REASONS:
        reason = REASONS[reason_code]
        # An order that the bank has already charged is not declined: it may be the one in doubt.
        return (Outcome.UNKNOWN if reason is Reason.DUPLICATE_ORDER else Outcome.DECLINED), reason
    if code in iso8583.REFUSALS:
        return Outcome.DECLINED, Reason(iso8583.REFUSALS[code])
    return Outcome.UNKNOWN, Reason.UNEXPECTED_CODE
