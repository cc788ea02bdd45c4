"""The invariants: our books against the bank's."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Sum

from billing.models import Bill, Callback, LedgerEntry, Payment, Refund
from billing.states import OPEN_REFUND_STATES, OPEN_STATES
from tests.prove.payers import Crowd
from tests.support.bank.client import find_pans

LATE = "after this payment had ended"
"""What the case says of a payment that the bank booked after it had ended."""

Books = dict[str, dict[str, Any]]


def charged_once(books: Books) -> list[str]:
    return [f"{order}: {row['charges']} charges" for order, row in books.items() if row["charges"] > 1]


def captured_agrees(books: Books) -> list[str]:
    ours = {payment.order_id: payment for payment in Payment.objects.all()}
    wrong = [f"{order}: the bank has it, we do not" for order in books if order not in ours]
    for order, payment in ours.items():
        row = books.get(order, {"state": "none", "captured_minor": 0})
        theirs = row["captured_minor"] if row["state"] != "voided" else 0
        held = payment.captured_amount if payment.state != "voided" else Decimal(0)
        if held * 100 != theirs:
            wrong.append(f"{order}: ours {held} ({payment.state}), the bank's {theirs} ({row['state']})")
    return wrong


def refunded_agrees(books: Books) -> list[str]:
    wrong = []
    for payment in Payment.objects.exclude(state="voided"):
        theirs = books.get(payment.order_id, {}).get("refunded_minor", 0)
        if payment.refunded_amount * 100 != theirs:
            wrong.append(f"{payment.order_id}: ours {payment.refunded_amount}, the bank's {theirs}")
    return wrong


def no_bill_paid_twice(books: Books) -> list[str]:
    """What is held for a bill, over all its payments, is never above it."""
    wrong = [f"bill {bill.number}" for bill in Bill.objects.filter(paid_amount__gt=F("amount"))]
    held = (
        Payment.objects.filter(state="captured")
        .exclude(
            cases__summary__contains=LATE
        )  # the bank booked it late: the account's credit, and a case says so
        .values("payment_bills__bill")
        .annotate(held=Sum("payment_bills__amount"), owed=F("payment_bills__bill__amount"))
        .filter(held__gt=F("owed"))
    )
    return wrong + [f"bill {row['payment_bills__bill']}: {row['held']} held of {row['owed']}" for row in held]


def nothing_in_doubt(books: Books) -> list[str]:
    payments = Payment.objects.filter(state__in=OPEN_STATES)
    refunds = Refund.objects.filter(state__in=OPEN_REFUND_STATES)
    return [f"{item.order_id} {item.state}" for item in payments] + [
        f"refund {item.pk} {item.state}" for item in refunds
    ]


def sums_follow_the_ledger(books: Books) -> list[str]:
    wrong = []
    for payment in Payment.objects.all():
        sums = dict(
            LedgerEntry.objects.filter(payment=payment)
            .values_list("kind")
            .annotate(total=Sum("amount"))
            .order_by()
        )
        back = sums.get("refund", 0) + sums.get("void", 0)
        if (payment.captured_amount, payment.refunded_amount) != (sums.get("capture", 0), back):
            wrong.append(payment.order_id)
    return wrong


def no_card_number(books: Books) -> list[str]:
    from django.db import connection

    wrong = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" AS t')
            wrong += [table for (row,) in cursor if find_pans(row)]
    return sorted(set(wrong))


def pages_with_card_numbers(crowd: Crowd) -> list[str]:
    """The result pages that payers saw, and the desk's pages of the last payments."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(get_user_model().objects.get(username=crowd.shop.user))
    pages = [
        reverse(f"admin:billing_{name}_changelist") for name in ("payment", "refund", "case", "callback")
    ]
    for model in (Payment, Callback, Refund):
        url = f"admin:billing_{model._meta.model_name}_change"
        pages += [reverse(url, args=[row.pk]) for row in model.objects.order_by("-pk")[:25]]
    wrong = [page for page in pages if find_pans(client.get(page).content.decode())]
    return wrong + ["result page"] * crowd.counts["PAGE WITH A CARD NUMBER"]


INVARIANTS: dict[str, Callable[[Books], list[str]]] = {
    "no order is charged more than once": charged_once,
    "captured: our books equal the bank's": captured_agrees,
    "refunded: our books equal the bank's": refunded_agrees,
    "no bill is paid twice": no_bill_paid_twice,
    "nothing is left in doubt": nothing_in_doubt,
    "sums follow the ledger": sums_follow_the_ledger,
    "no card number is in any table": no_card_number,
}
