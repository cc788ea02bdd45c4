"""The words of an answer, shared by all gateways."""

from enum import StrEnum

from django.utils.translation import gettext_noop


class Outcome(StrEnum):
    """How a call of a gateway ended."""

    APPROVED = "approved"
    """The bank says so, authentically, about our order, amount, currency and installments."""
    DECLINED = "declined"
    """The bank says so with a code that we know: nothing was moved by this call."""
    NEEDS_ACTION = "needs_action"
    """The payer must do something (3-D form), or the completion must be called."""
    NOT_SENT = "not_sent"
    """Provably nothing left this machine. The only outcome after which another POS may be tried."""
    UNKNOWN = "unknown"
    """Anything else. Ask `status` before doing anything that moves money."""


class Capability(StrEnum):
    SALE = "sale"
    STORED_CARD_SALE = "stored_card_sale"
    THREE_D = "three_d"
    VOID = "void"
    REFUND = "refund"
    PARTIAL_REFUND = "partial_refund"
    STATUS = "status"


class OrderState(StrEnum):
    """Where an order stands at the bank."""

    NOT_FOUND = "not_found"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a call ended as it did, in words that every gateway shares."""

    NONE = ""
    REFUSED = "refused"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    INVALID_CARD = "invalid_card"
    INVALID_CVC = "invalid_cvc"
    NOT_PERMITTED = "not_permitted"
    LIMIT_EXCEEDED = "limit_exceeded"
    SUSPECTED_FRAUD = "suspected_fraud"
    THREE_D_FAILED = "three_d_failed"
    INSTALLMENTS_NOT_ALLOWED = "installments_not_allowed"
    DUPLICATE_ORDER = "duplicate_order"
    NOT_FOUND = "not_found"
    NOT_SETTLED = "not_settled"
    """A refund came before the end of the day: the bank wants a void."""
    NOT_VOIDABLE = "not_voidable"
    """A void came after the end of the day (or twice): the bank wants a refund."""
    EXCEEDS_CAPTURED = "exceeds_captured"
    MISCONFIGURED = "misconfigured"
    UNDER_REVIEW = "under_review"
    NOT_REACHED = "not_reached"
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    NOT_AUTHENTIC = "not_authentic"
    MISMATCH = "mismatch"
    UNEXPECTED_CODE = "unexpected_code"


TEXTS = {
    Reason.NONE: "",
    Reason.REFUSED: gettext_noop("The bank refused the payment."),
    Reason.INSUFFICIENT_FUNDS: gettext_noop("The card has insufficient funds."),
    Reason.EXPIRED_CARD: gettext_noop("The card has expired."),
    Reason.INVALID_CARD: gettext_noop("The card number is not valid."),
    Reason.INVALID_CVC: gettext_noop("The security code is not valid."),
    Reason.NOT_PERMITTED: gettext_noop("The card is not open to this kind of payment."),
    Reason.LIMIT_EXCEEDED: gettext_noop("A limit of the card is exceeded."),
    Reason.SUSPECTED_FRAUD: gettext_noop("The bank refused the payment."),
    Reason.THREE_D_FAILED: gettext_noop("The bank could not confirm that you are the card's holder."),
    Reason.INSTALLMENTS_NOT_ALLOWED: gettext_noop("The card does not allow this number of installments."),
    Reason.DUPLICATE_ORDER: gettext_noop("The bank already knows this order."),
    Reason.NOT_FOUND: gettext_noop("The bank does not know this order."),
    Reason.NOT_SETTLED: gettext_noop("Not settled yet: the bank allows a void, no refund."),
    Reason.NOT_VOIDABLE: gettext_noop("Nothing to void: the bank allows a refund after settlement."),
    Reason.EXCEEDS_CAPTURED: gettext_noop("More than what was captured cannot be refunded."),
    Reason.MISCONFIGURED: gettext_noop("The payment could not be taken."),
    Reason.UNDER_REVIEW: gettext_noop("The bank is still reviewing the payment."),
    Reason.NOT_REACHED: gettext_noop("The bank could not be reached."),
    Reason.NO_ANSWER: gettext_noop("The bank has not answered yet."),
    Reason.UNREADABLE: gettext_noop("The bank has not answered yet."),
    Reason.NOT_AUTHENTIC: gettext_noop("The bank's answer could not be confirmed yet."),
    Reason.MISMATCH: gettext_noop("The bank's answer could not be confirmed yet."),
    Reason.UNEXPECTED_CODE: gettext_noop("The bank's answer could not be confirmed yet."),
}
