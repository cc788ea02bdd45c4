"""Bills, and what was paid for them."""

from decimal import Decimal

from django.db.models import F, Sum

from billing.attempts.bookings import CAPTURED_LATE
from billing.models import Allocation, Bill, Payment, PaymentBill
from billing.states import CAPTURED_STATES, OPEN_STATES
from tests.prove.invariants.seen import Seen


def no_bill_is_locked(seen: Seen) -> list[str]:
    locks = PaymentBill.objects.filter(is_open=True).exclude(payment__state__in=OPEN_STATES)
    return [f"bill {lock.bill_id} by {lock.payment}" for lock in locks.select_related("payment")]


def follow_allocations(seen: Seen) -> list[str]:
    wrong = []
    for bill in Bill.objects.annotate(total=Sum("allocations__amount")):
        total = bill.total or Decimal(0)
        if bill.paid_amount != total or bill.paid_amount > bill.amount:
            wrong.append(f"bill {bill.number}: {bill.paid_amount} paid, {total} allocated")
    payments = Payment.objects.annotate(total=Sum("allocations__amount"))
    return wrong + [
        f"{payment.order_id}: {payment.allocated_amount} allocated, rows say {payment.total}"
        for payment in payments
        if payment.allocated_amount != (payment.total or 0)
    ]


def no_bill_paid_twice(seen: Seen) -> list[str]:
    """What is kept for a bill, over all payments that came in time, is never above it."""
    wrong = [f"bill {bill.number}" for bill in Bill.objects.filter(paid_amount__gt=F("amount"))]
    kept = Payment.objects.filter(state="captured").exclude(reason=CAPTURED_LATE)
    held = kept.values("payment_bills__bill").annotate(
        held=Sum("payment_bills__amount"), owed=F("payment_bills__bill__amount")
    )
    return wrong + [
        f"bill {row['payment_bills__bill']}: {row['held']} held of {row['owed']}"
        for row in held.filter(held__gt=F("owed"))
    ]


def who_paid_has_paid(seen: Seen) -> list[str]:
    """The bills of a payment were reserved for it: nobody else may have paid them meanwhile."""
    in_time = PaymentBill.objects.filter(payment__state__in=CAPTURED_STATES).exclude(
        payment__reason=CAPTURED_LATE
    )
    return [
        f"{part.payment} did not pay bill {part.bill_id}"
        for part in in_time.select_related("payment")
        if not Allocation.objects.filter(payment=part.payment, bill=part.bill_id, amount=part.amount).exists()
    ]
