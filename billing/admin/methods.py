"""Payment methods: searched by account or external id, shown masked."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display

from billing import services
from billing.admin.base import BillingAdmin, by_account
from billing.admin.method_form import INPUTS, MethodForm
from billing.models import PaymentMethod
from billing.services.card_expiries import expires_soon, last_day
from billing.services.payment_method import MASKS
from config.kit.admin.badge import badge
from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.filters import ChoiceFilter, Choices
from config.kit.admin.form import BrokenRule, FormError
from config.kit.admin.search import TermSearchMixin
from config.kit.admin.service_admin import ActivationAdmin
from config.kit.lib import days

CLIENT_FIELDS = [
    ("client", "type", "name"),
    ("description", "authorization_code", "voucher_code_mask"),
    ("status_text", "status_reason", "status_date"),
    ("valid_from", "valid_until", "removed_at"),
]
"""What TM Forum's clients say about a method; read only."""

EXPIRED, SOON, VALID = "expired", "soon", "valid"


class ExpiryFilter(ChoiceFilter):
    title = _("Expiry")
    parameter_name = "expiry"

    def conditions(self) -> Choices:
        today = days.today()
        return {
            SOON: (_("Expires soon"), expires_soon(today)),
            EXPIRED: (_("Expired"), Q(expires_on__lt=today)),
            VALID: (_("Valid"), Q(expires_on__gte=today)),
        }


class MethodColumns:
    """Columns of payment methods."""

    @display(description=_("Number"))
    def shown_number(self, method: PaymentMethod) -> str:
        return method.masked_card or method.bank_account_mask or "–"

    @display(description=_("Expires on"), ordering="expires_on")
    def shown_expiry(self, method: PaymentMethod) -> SafeString | str:
        if method.expires_on is None:
            return "–"
        today = days.today()
        text = f"{method.expiry_month:02d}/{method.expiry_year}"
        colour = (
            "danger" if method.is_expired else "warning" if method.expires_on <= last_day(today) else None
        )
        return badge(text, colour) if colour else text

    @display(description=_("Default"))
    def shown_default(self, method: PaymentMethod) -> SafeString | str:
        return badge(_("Default"), "success") if method.is_default else "–"


@admin.register(PaymentMethod)
class PaymentMethodAdmin(MethodColumns, TermSearchMixin, ActivationAdmin, BillingAdmin):
    empty_text = _("Cards and accounts that customers have stored for later payments appear here.")
    service = services.payment_methods
    form = MethodForm
    list_display = (
        "account",
        "kind",
        "holder_name",
        "shown_number",
        "brand",
        "shown_expiry",
        "gateway",
        "shown_default",
        "is_active",
        "modified_date",
    )
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ExpiryFilter,
        ("brand", ChoicesDropdownFilter),
        ("is_default", BooleanRadioFilter),
        ("is_active", BooleanRadioFilter),
        ("account", AutocompleteSelectFilter),
        MODIFIED_FILTER,
    )
    list_select_related = ("account",)
    search_help_text = _("Account number or external id")
    sortable_by = ("shown_expiry",)
    ordering = ("-pk",)
    autocomplete_fields = ("account", "subscription", "billing_address")
    fixed_fields = ("account",)
    export_exclude = (*MASKS, "request_key", "request_fingerprint")

    def main_fieldsets(self, request: HttpRequest, obj: PaymentMethod | None) -> Any:
        flags = ["is_default", "is_active"] if obj else ["is_active"]
        card = [("masked_card", "brand"), ("expiry_month", "expiry_year"), "card_owner"]
        if obj:
            card.append(("shown_expiry", "shown_brand_fits"))
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        names = list(INPUTS.values()) if writes else list(MASKS.values())
        client: list[Any] = [(_("From the client"), {"fields": CLIENT_FIELDS})] if obj and obj.client else []
        return [
            (None, {"fields": ["account", "kind", "holder_name", "external_id", *flags]}),
            (_("Card"), {"fields": card}),
            (_("Bank account"), {"fields": [("bank_name", "bank_account_type"), (names[0], names[1])]}),
            (_("Gateway"), {"fields": ["gateway", names[2], "gateway_customer_id"]}),
            (_("Belongs to"), {"fields": ["subscription", "billing_address"]}),
            *client,
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: PaymentMethod | None = None) -> list[str]:
        return [
            *super().get_readonly_fields(request, obj),
            "shown_expiry",
            "shown_brand_fits",
            *MASKS.values(),
            *(name for row in CLIENT_FIELDS for name in row),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentMethod]:
        """Nothing is decrypted for a list."""
        return super().get_queryset(request).defer(*MASKS)

    def form_errors(self, error: BrokenRule) -> list[FormError]:
        return [(INPUTS.get(field or "", field), text) for field, text in super().form_errors(error)]

    def matches(self, term: str) -> Q:
        return Q(external_id=term) | by_account(term)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("First digits"))
    def shown_brand_fits(self, method: PaymentMethod) -> SafeString | str:
        if method.brand_fits is None:
            return "–"
        texts = {True: (_("Match the brand"), "success"), False: (_("Do not match the brand"), "danger")}
        return badge(*texts[method.brand_fits])
