"""Filters of what is owed. Accounts, subscriptions and bills are named by id: there are too many to choose from."""

from billing.models import Account, Bill, Subscription, Tenant
from config.kit.api.filters import CHOICES, DATES, NUMBERS, KeyFilter, KeyInFilter, ResourceFilterSet

COMMON = {"id": NUMBERS, "modified_date": DATES, "created_date": DATES}


class AccountFilter(ResourceFilterSet):
    class Meta:
        model = Account
        fields = {
            **COMMON,
            "channel": CHOICES,
            "account_number": CHOICES,
            "name": CHOICES,
            "email": CHOICES,
            "phone": CHOICES,
            "currency": CHOICES,
        }


class SubscriptionFilter(ResourceFilterSet):
    account = KeyFilter(queryset=Account.objects.all())
    account__in = KeyInFilter(field_name="account", lookup_expr="in")
    tenant = KeyFilter(queryset=Tenant.objects.all())
    tenant__in = KeyInFilter(field_name="tenant", lookup_expr="in")

    class Meta:
        model = Subscription
        fields = {**COMMON, "number": NUMBERS, "name": CHOICES, "status": CHOICES}


class BillFilter(ResourceFilterSet):
    subscription = KeyFilter(queryset=Subscription.objects.all())
    subscription__in = KeyInFilter(field_name="subscription", lookup_expr="in")
    account = KeyFilter(field_name="subscription__account", queryset=Account.objects.all(), label="Account")
    account__in = KeyInFilter(field_name="subscription__account", lookup_expr="in", label="Account is in")

    class Meta:
        model = Bill
        fields = {
            **COMMON,
            "number": NUMBERS,
            "amount": NUMBERS,
            "currency": CHOICES,
            "issued_on": NUMBERS,
            "due_on": NUMBERS,
            "status": CHOICES,
            "paid_amount": NUMBERS,
        }
