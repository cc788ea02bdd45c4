"""Subscriptions: what an account is billed for, with the bills."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)
from unfold.datasets import BaseDataset

from billing import services
from billing.admin.base import BillingAdmin, NumberSearch, subscription_is
from billing.admin.bills import ShowsBill
from billing.models import Bill, Subscription
from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.related_rows import RowsOfParent


class BillRows(ShowsBill, RowsOfParent):
    parent = "subscription_id"
    list_display = ("number", "shown_amount", "shown_open", "shown_status", "issued_on", "due_on")
    sortable_by = ()
    ordering = ("-issued_on", "-pk")


class BillsOfSubscription(BaseDataset):
    model = Bill
    model_admin = BillRows
    tab = True


@admin.register(Subscription)
class SubscriptionAdmin(NumberSearch, BillingAdmin):
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
    fieldsets = [(None, {"fields": ["account", "number", "tenant", "name", "status"]})]

    def found_by(self, term: str) -> Q:
        return subscription_is(term)

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return [BillsOfSubscription] if on_page and request.user.has_perm("billing.view_bill") else []
