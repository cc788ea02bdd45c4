"""Subscriptions of accounts, with their bills."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)

from billing import services
from billing.admin.base import BillingAdmin, by_subscription
from billing.admin.bills import BillColumns
from billing.models import Bill, Subscription
from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.related_rows import RelatedRows, RowsTab
from config.kit.admin.search import TermSearchMixin


class BillRows(BillColumns, RelatedRows):
    parent = "subscription_id"
    list_display = ("number", "shown_amount", "shown_open", "shown_status", "issued_on", "due_on")
    sortable_by = ()
    ordering = ("-issued_on", "-pk")


class BillsOfSubscription(RowsTab):
    model = Bill
    model_admin = BillRows


@admin.register(Subscription)
class SubscriptionAdmin(TermSearchMixin, BillingAdmin):
    empty_text = _("A subscription is what bills are written for. Add an account first.")
    service = services.subscriptions
    list_display = ("number", "name", "account", "tenant", "status", "modified_date")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("tenant", RelatedDropdownFilter),
        ("account", AutocompleteSelectFilter),
        MODIFIED_FILTER,
    )
    list_select_related = ("account", "tenant")
    search_help_text = _("Subscription or account number")
    sortable_by = ("number",)
    ordering = ("-pk",)
    autocomplete_fields = ("account", "tenant")
    tabs = (BillsOfSubscription,)
    fieldsets = [(None, {"fields": ["account", "number", "tenant", "name", "status"]})]

    def matches(self, term: str) -> Q:
        return by_subscription(term)
