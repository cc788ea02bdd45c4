"""Payments, refunds and the ledger among themselves."""

from decimal import Decimal

from django.db.models import Sum

from billing.models import LedgerEntry, Payment, Refund
from billing.models.ledger import LEDGER_EFFECTS
from billing.states import CAPTURED_STATES, OPEN_REFUND_STATES, RefundState
from tests.prove.invariants.seen import Seen
from tests.prove.shop import RATES, REFUND_LIMIT

LATE_REFUND = "after it had ended as declined"
"""Of the case that such a refund opens (billing/attempts/refund_outcomes.py)."""
_NONE = Decimal(0)


def sums_follow(seen: Seen) -> list[str]:
    wrong = []
    for payment in Payment.objects.all():
        rows = (
            LedgerEntry.objects.filter(payment=payment).order_by().values_list("kind").annotate(Sum("amount"))
        )
        captured = refunded = _NONE
        for kind, total in rows:
            captured += total * LEDGER_EFFECTS[kind].captured
            refunded += total * LEDGER_EFFECTS[kind].refunded
        reserved = payment.refunds.filter(state__in=OPEN_REFUND_STATES).aggregate(sum=Sum("amount"))["sum"]
        expected = (captured, refunded, reserved or _NONE)
        if (payment.captured_amount, payment.refunded_amount, payment.reserved_amount) != expected:
            wrong.append(f"{payment.order_id}: its sums do not follow the ledger")
        if (payment.state in CAPTURED_STATES) != (captured > 0):
            wrong.append(f"{payment.order_id}: {payment.state} with {captured} captured")
    return wrong


def limits_hold(seen: Seen) -> list[str]:
    """What one person alone has given back, of a payment and of an account. Not what had ended as declined and was
    made by the bank all the same: meanwhile it counted towards no limit.
    """
    alone = (
        Refund.objects.filter(state=RefundState.DONE, decided_by=None)
        .exclude(payment__cases__summary__contains=LATE_REFUND)
        .order_by()
    )
    wrong = []
    for name in ("payment", "payment__account"):
        for key, currency, total in alone.values_list(name, "payment__currency").annotate(Sum("amount")):
            if total * RATES[currency] > REFUND_LIMIT:
                wrong.append(f"{name} {key}: {total} {currency}")
    return wrong
