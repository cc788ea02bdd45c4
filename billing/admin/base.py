"""What the pages of billing share: rules in the operator's words, amounts with their currency, search by number."""

import re
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Right
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing import errors
from billing.models import Account, Bill, PaymentBill, Subscription
from config.kit.admin import channel_admin as owned
from config.kit.admin.form import BrokenRule, FormError, explain
from config.kit.lib.money import round_to_minor

TEXTS: dict[type[Exception], tuple[str | None, object]] = {
    errors.AccountCurrencyChangedError: (
        "currency",
        _("An account with bills or payments keeps its currency."),
    ),
    errors.SubscriptionAccountChangedError: (
        "account",
        _("A subscription with bills, payments or payment methods keeps its account."),
    ),
    errors.AccountMismatchError: (None, _("It keeps its account, and points at nothing of another account.")),
    errors.InactiveDefaultError: (
        "is_default",
        _("A method that is switched off cannot be the account's own."),
    ),
    errors.BillCurrencyError: ("subscription", _("The subscription's account has another currency.")),
    errors.BillHasPaymentError: (
        None,
        _("A bill with a payment on it keeps its amount, currency and subscription."),
    ),
}

FOUND_SUBSCRIPTIONS = 1_000
"""A search takes the bills of so many subscriptions of one account."""


class Explained:
    def explain(self, error: BrokenRule) -> list[FormError]:
        known = TEXTS.get(type(error))
        return [(known[0], str(known[1]))] if known else explain(error, self.model)  # type: ignore[attr-defined]


class BillingAdmin(Explained, owned.DatedAdmin):
    """A page of billing."""


class ChannelOwnedAdmin(Explained, owned.ChannelOwnedAdmin):
    """A page of billing for what belongs to one channel."""


class NumberSearch:
    """Search for whole numbers, which their unique indexes serve however large the tables are."""

    search_fields = ("number",)  # shows the box

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.replace("\0", "").strip()
        return (queryset.filter(self.found_by(term)) if term else queryset), False

    def found_by(self, term: str) -> Q:
        raise NotImplementedError


def number_is(term: str) -> Q:
    return Q(number=int(term)) if term.isascii() and term.isdigit() and len(term) < 20 else Q(pk__in=[])


def account_is(term: str) -> Q:
    """Of the account of that number."""
    return Q(account_id__in=list(Account.objects.filter(account_number=term).values_list("pk", flat=True)))


def subscription_is(term: str) -> Q:
    """Of that number, or of the account of that number."""
    return number_is(term) | account_is(term)


def bill_is(term: str) -> Q:
    """Of that number, or of the subscription or account of that number."""
    found = Subscription.objects.filter(subscription_is(term)).values_list("pk", flat=True)
    return number_is(term) | Q(subscription_id__in=list(found[:FOUND_SUBSCRIPTIONS]))


def payment_is(term: str) -> Q:
    """Of that order id, bank reference or last four digits, or of the bill, subscription or account of that number."""
    known = Q(order_id=term) | Q(host_reference=term) | Q(transaction_id=term)
    if re.fullmatch(r"[0-9]{4}", term):
        known |= Q(Exact(Right("masked_card", 4), term))
    bills = PaymentBill.objects.filter(bill__in=Bill.objects.filter(number_is(term)))
    found = list(bills.values_list("payment_id", flat=True)[:FOUND_SUBSCRIPTIONS])
    subscriptions = list(Subscription.objects.filter(number_is(term)).values_list("pk", flat=True))
    return known | Q(pk__in=found) | Q(subscription_id__in=subscriptions) | account_is(term)


def with_currency(amount: Decimal, currency: str) -> str:
    """`125.50 TRY`."""
    return f"{round_to_minor(Decimal(amount), currency)} {currency}"
