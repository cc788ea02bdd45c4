"""Filters of accounts, subscriptions and bills. Relations are filtered by id: there are too many rows for a choice."""

from billing.models import Account, Bill, Subscription, Tenant
from config.kit.api.filters import (
    CHOICE_LOOKUPS,
    DATE_LOOKUPS,
    NUMBER_LOOKUPS,
    KeyFilter,
    KeyInFilter,
    ResourceFilterSet,
)

COMMON = {"id": NUMBER_LOOKUPS, "modified_date": DATE_LOOKUPS, "created_date": DATE_LOOKUPS}


class AccountFilter(ResourceFilterSet):
    class Meta:
        model = Account
        fields = {
            **COMMON,
            "channel": CHOICE_LOOKUPS,
            "account_number": CHOICE_LOOKUPS,
            "name": CHOICE_LOOKUPS,
            "email": CHOICE_LOOKUPS,
            "phone": CHOICE_LOOKUPS,
            "currency": CHOICE_LOOKUPS,
        }


class SubscriptionFilter(ResourceFilterSet):
    account = KeyFilter(queryset=Account.objects.all())
    account__in = KeyInFilter(field_name="account", lookup_expr="in")
    tenant = KeyFilter(queryset=Tenant.objects.all())
    tenant__in = KeyInFilter(field_name="tenant", lookup_expr="in")

    class Meta:
        model = Subscription
        fields = {**COMMON, "number": NUMBER_LOOKUPS, "name": CHOICE_LOOKUPS, "status": CHOICE_LOOKUPS}


class BillFilter(ResourceFilterSet):
    subscription = KeyFilter(queryset=Subscription.objects.all())
    subscription__in = KeyInFilter(field_name="subscription", lookup_expr="in")
    account = KeyFilter(field_name="subscription__account", queryset=Account.objects.all(), label="Account")
    account__in = KeyInFilter(field_name="subscription__account", lookup_expr="in", label="Account is in")

    class Meta:
        model = Bill
        fields = {
            **COMMON,
            "number": NUMBER_LOOKUPS,
            "amount": NUMBER_LOOKUPS,
            "currency": CHOICE_LOOKUPS,
            "issued_on": NUMBER_LOOKUPS,
            "due_on": NUMBER_LOOKUPS,
            "status": CHOICE_LOOKUPS,
            "paid_amount": NUMBER_LOOKUPS,
        }
