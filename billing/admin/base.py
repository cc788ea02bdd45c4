"""What the pages of billing share: texts of broken rules, amounts, search by number, confirmed actions."""

import re
from typing import TypeVar

from django.db.models import Model, Q
from django.db.models.functions import Right
from django.db.models.lookups import Exact
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing import errors
from billing.models import Account, Bill, Payment, PaymentBill, Subscription
from billing.services.form_idempotency import claim_once
from config.kit.admin import channel_admin
from config.kit.admin.confirm import ConfirmedAction
from config.kit.admin.form import RuleTexts
from config.kit.admin.service_admin import ServiceFormsMixin
from config.kit.admin.urls import admin_url

M = TypeVar("M", bound=Model)

RULE_TEXTS: RuleTexts = {
    errors.AccountCurrencyChangedError: (
        "currency",
        _("The currency of an account with bills or payments cannot be changed."),
    ),
    errors.SubscriptionAccountChangedError: (
        "account",
        _("The account of a subscription with bills, payments or payment methods cannot be changed."),
    ),
    errors.AccountMismatchError: (
        None,
        _("The account cannot be changed, and everything chosen must belong to the same account."),
    ),
    errors.InactiveDefaultError: (
        "is_default",
        _("Only an active card that can be charged can be the default."),
    ),
    errors.MethodRemovedError: (None, _("This payment method was removed and can't be changed.")),
    errors.BillCurrencyError: ("subscription", _("The subscription's account uses a different currency.")),
    errors.BillHasPaymentError: (
        None,
        _("The amount, currency and subscription of a bill with a payment cannot be changed."),
    ),
}

MAX_MATCHES = 1_000
"""Most related rows that a search term is resolved to."""


class BillingFormsMixin(ServiceFormsMixin):
    rule_texts = RULE_TEXTS


class BillingAdmin(BillingFormsMixin, channel_admin.DatedAdmin):
    pass


class BillingChannelAdmin(BillingFormsMixin, channel_admin.ChannelOwnedAdmin):
    pass


class BillingAction(ConfirmedAction[M]):
    """A confirmed action whose idempotency keys are kept with those of the API."""

    def claim(self, key: str) -> bool:
        return claim_once(user_id=self.request.user.pk, key=key)


def by_number(term: str) -> Q:
    return Q(number=int(term)) if term.isascii() and term.isdigit() and len(term) < 20 else Q(pk__in=[])


def by_account(term: str) -> Q:
    """Of the account with that number."""
    return Q(account_id__in=list(Account.objects.filter(account_number=term).values_list("pk", flat=True)))


def by_subscription(term: str) -> Q:
    """With that number, or of the account with that number."""
    return by_number(term) | by_account(term)


def of_subscription(term: str) -> Q:
    """Of the subscriptions with that number, or of the account with that number."""
    found = Subscription.objects.filter(by_subscription(term)).values_list("pk", flat=True)
    return Q(subscription_id__in=list(found[:MAX_MATCHES]))


def by_payment(term: str) -> Q:
    """By order id, bank reference, last four digits, or number of the bill, subscription or account."""
    known = Q(order_id=term) | Q(host_reference=term) | Q(transaction_id=term)
    if re.fullmatch(r"[0-9]{4}", term):
        known |= Q(Exact(Right("masked_card", 4), term))
    bills = PaymentBill.objects.filter(bill__in=Bill.objects.filter(by_number(term)))
    found = list(bills.values_list("payment_id", flat=True)[:MAX_MATCHES])
    subscriptions = list(Subscription.objects.filter(by_number(term)).values_list("pk", flat=True))
    return known | Q(pk__in=found) | Q(subscription_id__in=subscriptions) | by_account(term)


def of_payment(term: str) -> Q:
    """Of the payments that `by_payment` finds."""
    found = Payment.objects.filter(by_payment(term)).order_by().values_list("pk", flat=True)
    return Q(payment_id__in=list(found[:MAX_MATCHES]))


PAYMENT_SEARCH_HELP = _(
    "Order ID, bank reference, last four digits of the card, bill, subscription or account number"
)


def object_link(row: Model) -> SafeString:
    return format_html('<a class="text-link" href="{}">{}</a>', admin_url(row), row)
