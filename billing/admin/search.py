"""What the search box finds of billing. Every look-up is answered by an index, however large the tables are."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.functions import Right
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.admin.account_search import find_accounts
from billing.models import Account, Bill, BillStatus, Payment, PaymentBill, Refund, Subscription
from config.kit.admin.urls import admin_url
from config.kit.lib.days import bounds
from config.kit.lib.money import format_money
from config.kit.search.groups import SHOWN, Group, Hit, rows_for
from config.kit.search.terms import Clues, Term

LARGEST_NUMBER = 2**63 - 1
LOOKED_THROUGH = 200
"""Rows of one clue that are put into order: a bank reference, a bill or a phone number never has more."""


def groups(request: HttpRequest) -> Iterator[Group]:
    if (payments := rows_for(request, Payment)) is not None:
        yield Group(_("Payments"), "receipt", partial(_payments, payments))
    if (bills := rows_for(request, Bill)) is not None:
        yield Group(_("Bills"), "receipt_long", partial(_bills, bills))
    if (subscriptions := rows_for(request, Subscription)) is not None:
        yield Group(_("Subscriptions"), "subscriptions", partial(_subscriptions, subscriptions))
    if (accounts := rows_for(request, Account)) is not None:
        yield Group(_("Accounts"), "contacts", partial(_accounts, accounts))
    if (refunds := rows_for(request, Refund)) is not None:
        yield Group(_("Refunds"), "undo", partial(_refunds, refunds))


def _payments(rows: QuerySet[Payment], term: Term) -> Iterator[Hit]:
    first, *others = [*_parts(rows, term), rows.none()]
    found = {payment.pk: payment for payment in first.union(*others, all=True)}
    latest = sorted(found.values(), key=lambda payment: payment.created_date, reverse=True)[:SHOWN]
    prefetch_related_objects(latest, "account")
    for payment in latest:
        detail = [
            format_money(payment.amount, payment.currency),
            payment.get_state_display(),
            payment.masked_card,
            payment.account.name,
            date_format(timezone.localtime(payment.created_date), "SHORT_DATETIME_FORMAT"),
        ]
        yield Hit(payment.order_id, admin_url(payment), " · ".join(filter(None, detail)))


def _parts(rows: QuerySet[Payment], term: Term) -> Iterator[QuerySet[Payment]]:
    """Separate look-ups of one statement: a condition with OR would leave the planner with one estimate for all."""
    if term.codes:
        for column in ("order_id", "host_reference", "transaction_id", "auth_code"):
            yield rows.filter(**{f"{column}__in": term.codes})[:LOOKED_THROUGH]
    if number := _number(term):
        bills = PaymentBill.objects.filter(bill__number=number).values("payment_id")
        yield rows.filter(pk__in=list(bills.values_list("payment_id", flat=True)[:LOOKED_THROUGH]))
    if len(term.number) in (6, 8):
        yield rows.filter(masked_card__startswith=term.number)[:SHOWN]
    if term.clues:
        yield _by_clues(rows, term.clues)


def _by_clues(rows: QuerySet[Payment], clues: Clues) -> QuerySet[Payment]:
    """The latest ones, in the order of the index that the clue is looked up in."""
    order: tuple[Any, ...] = ("-created_date", "-pk")
    if clues.last_four:
        rows = rows.filter(Exact(Right("masked_card", 4), clues.last_four))
    if clues.amounts:
        rows = rows.filter(amount__in=clues.amounts)
        order = ("-amount", "-pk") if not (clues.last_four or clues.day) else order
    if clues.day:
        start, end = bounds(clues.day)
        rows = rows.filter(created_date__gte=start, created_date__lt=end)
    return rows.order_by(*order)[:SHOWN]


def _bills(rows: QuerySet[Bill], term: Term) -> Iterator[Hit]:
    number = _number(term)
    for bill in rows.filter(number=number).prefetch_related("subscription__account") if number else ():
        amount = format_money(bill.amount, bill.currency)
        name = bill.subscription.account.name
        yield Hit(str(bill), admin_url(bill), f"{amount} · {BillStatus(bill.status).label} · {name}")


def _subscriptions(rows: QuerySet[Subscription], term: Term) -> Iterator[Hit]:
    number = _number(term)
    for subscription in rows.filter(number=number).prefetch_related("account") if number else ():
        yield Hit(str(subscription), admin_url(subscription), f"{subscription.name} · {subscription.account}")


def _accounts(rows: QuerySet[Account], term: Term) -> Iterator[Hit]:
    for account in find_accounts(rows, term, SHOWN):
        detail = filter(None, (account.account_number, account.email, account.phone))
        yield Hit(account.name, admin_url(account), " · ".join(detail))


def _refunds(rows: QuerySet[Refund], term: Term) -> Iterator[Hit]:
    found = rows.filter(host_reference__in=term.codes).prefetch_related("payment")[:SHOWN]
    for refund in found if term.codes else ():
        amount = format_money(refund.amount, refund.payment.currency)
        yield Hit(refund.host_reference, admin_url(refund), f"{amount} · {refund.get_state_display()}")


def _number(term: Term) -> int:
    """0 where no number of a bill or subscription was typed."""
    number = int(term.number) if 0 < len(term.number) < 20 else 0
    return number if number <= LARGEST_NUMBER else 0
