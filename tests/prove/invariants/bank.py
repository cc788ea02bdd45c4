"""Our books against the bank's."""

from collections import Counter
from decimal import Decimal

from billing.models import Payment, PaymentAttempt, Refund
from billing.poid import number_of
from billing.states import CAPTURED_STATES, OPEN_REFUND_STATES, OPEN_STATES, PaymentState, RefundState
from tests.prove.faults import orders_booked_otherwise
from tests.prove.invariants.seen import Seen

MONEY_OPERATIONS = {
    "sale": "sale",
    "three_d_init": "start_three_d",
    "completion": "complete_three_d",
    "refund": "refund",
    "void": "void",
}
"""The simulator's name of an operation, and ours."""


def charged_once(seen: Seen) -> list[str]:
    return [f"{order}: {row['charges']} charges" for order, row in seen.books.items() if row["charges"] > 1]


def captured_agrees(seen: Seen) -> list[str]:
    others = orders_booked_otherwise(list(seen.calls))
    ours = {payment.order_id: payment for payment in Payment.objects.exclude(pos=None)}
    wrong = [f"{order}: the bank has it, we do not" for order in seen.books if order not in ours]
    for order, payment in ours.items():
        row = seen.books.get(order, {"state": "none", "captured_minor": 0})
        theirs = row["captured_minor"] if row["state"] != "voided" else 0
        held = payment.captured_amount if payment.state != PaymentState.VOIDED else Decimal(0)
        if held * 100 != theirs and order not in others:
            wrong.append(f"{order}: ours {held} ({payment.state}), the bank's {theirs} ({row['state']})")
    return wrong


def refunded_agrees(seen: Seen) -> list[str]:
    others = orders_booked_otherwise(list(seen.calls))
    wrong = []
    for payment in Payment.objects.exclude(state=PaymentState.VOIDED).exclude(pos=None):
        theirs = seen.books.get(payment.order_id, {}).get("refunded_minor", 0)
        if payment.refunded_amount * 100 != theirs and payment.order_id not in others:
            wrong.append(f"{payment.order_id}: ours {payment.refunded_amount}, the bank's {theirs}")
    return wrong


def others_have_a_case(seen: Seen) -> list[str]:
    """Payments that the bank booked with another amount or currency: booked here as they are, or a case says so."""
    booked = orders_booked_otherwise(list(seen.calls)) & seen.books.keys()
    wrong = []
    for payment in Payment.objects.filter(order_id__in=booked, cases=None):
        row = seen.books[payment.order_id]
        kept = row["captured_minor"] - row["refunded_minor"] if row["state"] == "captured" else 0
        if kept != (payment.captured_amount - payment.refunded_amount) * 100:
            wrong.append(f"{payment.order_id}: {payment.state}, the bank keeps {kept}, and no case says so")
    return wrong


def requests_have_attempts(seen: Seen) -> list[str]:
    """An attempt is committed before the bank is called, and no commit is lost."""
    made = Counter(PaymentAttempt.objects.values_list("payment__order_id", "operation"))
    asked = Counter(
        (call["order_id"], MONEY_OPERATIONS[call["operation"]])
        for call in seen.calls
        if call["operation"] in MONEY_OPERATIONS
    )
    return [
        f"{order}: {count} requests of {operation}, {made[order, operation]} attempts"
        for (order, operation), count in asked.items()
        if count > made[order, operation]
    ]


def nothing_in_doubt(seen: Seen) -> list[str]:
    """After all rechecks. A refund waits for nobody any more, as all were decided and the day was closed."""
    payments = Payment.objects.filter(state__in=OPEN_STATES, cases=None)
    refunds = Refund.objects.filter(state__in=OPEN_REFUND_STATES, payment__cases=None)
    return [f"{item.order_id} {item.state}" for item in payments] + [
        f"refund {item.pk} {item.state}" for item in refunds
    ]


def told_is_true(seen: Seen) -> list[str]:
    """Who was told "paid" or "refunded" is right about it, whatever died afterwards."""
    captured = Payment.objects.filter(state__in=CAPTURED_STATES)
    paid = set(captured.values_list("payment_bills__bill__number", flat=True))
    known = set(captured.values_list("pk", flat=True))
    done = set(Refund.objects.filter(state=RefundState.DONE).values_list("pk", flat=True))
    return [
        *(f"bill {number} was told paid" for number in set(seen.told.paid_bills) - paid),
        *(
            f"{name} was told captured"
            for name in seen.told.captured
            if number_of(name, "item-payment") not in known
        ),
        *(f"refund {key} was told done" for key in set(seen.told.refunded) - done),
    ]
