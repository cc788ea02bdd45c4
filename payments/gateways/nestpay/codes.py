"""NestPay's codes: docs/gateways/nestpay.md."""

from payments.gateways.types import OrderState, Outcome, Reason
from payments.gateways.wire import iso8583

HOSTS = frozenset(
    {
        "entegrasyon.asseco-see.com.tr",  # test
        "sanalpos.halkbank.com.tr",
        "sanalpos.isbank.com.tr",
        "sanalpos.sanalakpos.com.tr",
        "sanalpos.sekerbank.com.tr",
        "sanalpos.teb.com.tr",
        "sanalpos2.ziraatbank.com.tr",
        "www.fbwebpos.com",
        "www.sanalakpos.com",
    }
)

APPROVED = "Approved"
REFUSED = frozenset({"Declined", "Error"})

REASONS = {
    "CORE-2012": Reason.INVALID_CARD,
    "CORE-2201": Reason.REFUSED,
    "CORE-2507": Reason.DUPLICATE_ORDER,
    "CORE-2508": Reason.NOT_SETTLED,
    "CORE-2509": Reason.NOT_FOUND,
    "CORE-2008": Reason.NOT_VOIDABLE,
    "CORE-2603": Reason.INSTALLMENTS_NOT_ALLOWED,
    "HPP-1001": Reason.INVALID_CARD,
    "215021": Reason.EXCEEDS_CAPTURED,  # "Net Tutar 0."
}
"""`ERRORCODE` → reason. A code that is neither here nor an issuer's refusal is unexpected."""

ORDER_STATES = {
    "A": OrderState.AUTHORIZED,
    "C": OrderState.CAPTURED,
    "S": OrderState.CAPTURED,
    "V": OrderState.VOIDED,
    "CNCL": OrderState.VOIDED,
    "D": OrderState.DECLINED,
    "PN": OrderState.PENDING,
}
"""`TRANS_STAT` → state. ERR and R (a reversal is still needed) are missing on purpose: the outcome is not known."""

CHARGE = "S"
CREDIT = "C"

TRANSACTION_TYPES = {"pay": "Auth", "pre": "PreAuth"}
CYCLES = {"day": "D", "week": "W", "month": "M", "year": "Y"}


def verdict(response: str | None, code: str | None, error_code: str | None) -> tuple[Outcome, Reason]:
    """Outcome and reason for Response, ProcReturnCode and ERRORCODE of a reply."""
    if response == APPROVED or code == "00":
        agreed = response == APPROVED and code == "00"
        return (Outcome.APPROVED, Reason.NONE) if agreed else (Outcome.UNKNOWN, Reason.UNEXPECTED_CODE)
    if response not in REFUSED:
        return Outcome.UNKNOWN, Reason.UNEXPECTED_CODE
    if error_code in REASONS:
        reason = REASONS[error_code]
        # An order that the bank has already approved is not declined: it may be the one in doubt.
        return (Outcome.UNKNOWN if reason is Reason.DUPLICATE_ORDER else Outcome.DECLINED), reason
    host_code = error_code.removeprefix("ISO8583-") if error_code else code
    if host_code in iso8583.REFUSALS:
        return Outcome.DECLINED, Reason(iso8583.REFUSALS[host_code])
    return Outcome.UNKNOWN, Reason.UNEXPECTED_CODE
