"""Automatic refunds of payments that were captured after they had ended.

Only on channels whose conf has `late_payments` "refund". On others the amount stays unallocated on the account, and the
case that was opened is left to an operator.
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
    """Late captures with an unallocated amount and without refunds, on channels that refund them."""
    return Payment.objects.filter(
        state=PaymentState.CAPTURED,
        reason=CAPTURED_LATE,
        refunds=None,
        captured_amount__gt=F("allocated_amount") + F("fee_amount"),
        channel__conf__late_payments=REFUND,
    ).select_related("pos", "pos_version", "channel")


def refund_late_money() -> list[Refund]:
    """Void or refund their unallocated amounts. Above the limit a refund waits for approval, like every refund."""
    made = []
    for payment in find_late_money():
        whole = payment.allocated_amount == 0
        kind = RefundKind.VOID if whole and can_void(payment) else RefundKind.REFUND
        amount = None if whole else payment.unallocated_amount
        try:
            made.append(refund_payment(payment, amount=amount, reason=REASON, user_id=None, kind=kind))
        except RuleError:  # a concurrent refund, or one with an unknown outcome: tried again in a minute
            continue
    return made
