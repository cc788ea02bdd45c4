"""Billing addresses of accounts."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from billing import services
from billing.admin.base import BillingAdmin, by_account, by_number
from billing.models import BillingAddress
from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.search import TermSearchMixin


@admin.register(BillingAddress)
class BillingAddressAdmin(TermSearchMixin, BillingAdmin):
    service = services.billing_addresses
    list_display = ("number", "account", "street", "city", "postal_code", "country", "modified_date")
    list_filter = (("account", AutocompleteSelectFilter), MODIFIED_FILTER)
    list_select_related = ("account",)
    search_help_text = _("Address or account number")
    sortable_by = ("number",)
    ordering = ("-pk",)
    autocomplete_fields = ("account",)
    fixed_fields = ("account",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "account", "number", "street", ("postal_code", "city"), ("province", "country"), "phone",
                ]
            },
        )
    ]  # fmt: skip

    def matches(self, term: str) -> Q:
        return by_number(term) | by_account(term)
