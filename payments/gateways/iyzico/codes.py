"""iyzico's codes: docs/gateways/iyzico.md."""

from payments.gateways.types import OrderState, Outcome, Reason

HOSTS = frozenset({"api.iyzipay.com", "sandbox-api.iyzipay.com"})

SUCCESS = "success"
FRAUD_CLEAR = "1"
FRAUD_REJECTED = "-1"

REASONS = {
    "11": Reason.MISCONFIGURED,
    "12": Reason.INVALID_CARD,
    "1001": Reason.MISCONFIGURED,
    "5062": Reason.NOT_SETTLED,
    "5085": Reason.EXCEEDS_CAPTURED,
    "5086": Reason.NOT_FOUND,
    "5088": Reason.NOT_VOIDABLE,
    "5092": Reason.EXCEEDS_CAPTURED,
    "5093": Reason.EXCEEDS_CAPTURED,
    "5115": Reason.NOT_VOIDABLE,
    "10005": Reason.REFUSED,
    "10012": Reason.REFUSED,
    "10034": Reason.SUSPECTED_FRAUD,
    "10041": Reason.SUSPECTED_FRAUD,
    "10043": Reason.SUSPECTED_FRAUD,
    "10051": Reason.INSUFFICIENT_FUNDS,
    "10054": Reason.EXPIRED_CARD,
    "10057": Reason.NOT_PERMITTED,
    "10058": Reason.NOT_PERMITTED,
    "10084": Reason.INVALID_CVC,
    "10093": Reason.NOT_PERMITTED,
    "10201": Reason.NOT_PERMITTED,
    "10215": Reason.INVALID_CARD,
    "10222": Reason.INSTALLMENTS_NOT_ALLOWED,
}
"""`errorCode` → reason of a refusal without movement of money. Other codes are unexpected.

The 50xx codes and 5115 of void, refund and detail are unconfirmed: no published list names them."""

PAYMENT_STATES = {
    "SUCCESS": OrderState.CAPTURED,
    "FAILURE": OrderState.DECLINED,
    "INIT_THREEDS": OrderState.THREE_D_OPEN,
    "CALLBACK_THREEDS": OrderState.THREE_D_OPEN,
}


def verdict(status: str | None, error_code: str | None) -> tuple[Outcome, Reason]:
    """`status` alone decides success: failures may carry all fields of a payment."""
    if status == SUCCESS:
        return Outcome.APPROVED, Reason.NONE
    if status == "failure" and error_code in REASONS:
        return Outcome.DECLINED, REASONS[error_code]
    return Outcome.UNKNOWN, Reason.UNEXPECTED_CODE
