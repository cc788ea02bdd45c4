"""Texts for payers: an English msgid for each reason."""

from payments.gateways.base.marks import gettext_noop
from payments.gateways.types import Reason

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
    Reason.ADDRESS_REFUSED: gettext_noop("The payment could not be taken."),
    Reason.NO_ANSWER: gettext_noop("The bank has not answered yet."),
    Reason.UNREADABLE: gettext_noop("The bank has not answered yet."),
    Reason.NOT_AUTHENTIC: gettext_noop("The bank's answer could not be confirmed yet."),
    Reason.MISMATCH: gettext_noop("The bank's answer could not be confirmed yet."),
    Reason.UNEXPECTED_CODE: gettext_noop("The bank's answer could not be confirmed yet."),
}
