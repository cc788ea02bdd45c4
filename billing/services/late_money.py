"""Money that the bank took after the payment had ended, given back by itself where the channel wants it so.

`late_payments` of the channel's conf: "refund", or nothing: then it stays the account's credit, and the case that was
opened tells a person.
"""

from django.db.models import F, QuerySet

from billing.attempts.bookings import CAPTURED_LATE
from billing.models import Payment, Refund, RefundKind
from billing.services.refund import can_void, refund_payment
from billing.states import PaymentState
from config.kit.lib.errors import RuleError

REFUND = "refund"
REASON = "The bank took the money after the payment had ended."


def find_late_money() -> QuerySet[Payment]:
    """Captured late, on no bill, nothing refunded or requested yet, on a channel that gives it back."""
    return Payment.objects.filter(
        state=PaymentState.CAPTURED,
        reason=CAPTURED_LATE,
        refunds=None,
        captured_amount__gt=F("allocated_amount") + F("fee_amount"),
        channel__conf__late_payments=REFUND,
    ).select_related("pos", "pos_version", "channel")


def refund_late_money() -> list[Refund]:
    """Void or refund what is on no bill. Above the limit it waits for a person, as every refund does."""
    made = []
    for payment in find_late_money():
        whole = payment.allocated_amount == 0
        kind = RefundKind.VOID if whole and can_void(payment) else RefundKind.REFUND
        amount = None if whole else payment.unallocated_amount
        try:
            made.append(refund_payment(payment, amount=amount, reason=REASON, user_id=None, kind=kind))
        except RuleError:  # somebody was faster, or a refund is in doubt: looked at again in a minute
            continue
    return made
