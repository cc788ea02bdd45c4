"""Card settings: a card with its currencies, term commission rates and BINs as tabs."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display

from config.kit.admin.channel_admin import CHANNEL_FILTER, MODIFIED_FILTER, ContinueAfterAddMixin
from config.kit.admin.fields import CurrencyField
from payments import services
from payments.admin.base import ChannelOwnedAdmin, PaymentsInline
from payments.admin.card_add import CardAddForm, save_typed
from payments.admin.card_bins import BinsOfCard
from payments.admin.installment_form import InstallmentForm
from payments.admin.pos_choices import POS_FIELDS, PosChoicesForm, PosLabelsForm, pos_choices
from payments.admin.pos_labels import POS_LABELS
from payments.models import POS, Card, Installment, MultiCurrencyCard


class CurrencyInline(PaymentsInline):
    model = MultiCurrencyCard
    service = services.multi_currency_cards
    form = PosChoicesForm
    fields = ("currency", *POS_FIELDS)
    verbose_name = _("currency")
    verbose_name_plural = _("Currencies")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("card", *POS_FIELDS)

    def get_formset(self, request: HttpRequest, obj: Card | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.choices = pos_choices(obj) if obj else []
        return formset

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            return db_field.formfield(form_class=CurrencyField)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in POS_FIELDS:
            field.widget = getattr(field.widget, "widget", field.widget)  # without links to add and change
        return field


class InstallmentInline(PaymentsInline):
    model = Installment
    service = services.installments
    form = InstallmentForm
    fields = ("installment_count", "label", "interest_rate", "is_active")
    ordering = ("installment_count",)
    verbose_name = _("term commission rate")
    verbose_name_plural = _("Term commission rates")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("card")


class UsedPosFilter(DropdownFilter):
    """Cards that name a POS in any role."""

    title = _("POS")
    parameter_name = "pos"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = POS.objects.order_by("channel__name", "name").values_list("pk", "name", "channel__name")
        return [(str(pk), f"{name} · {channel}") for pk, name, channel in rows]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        value = self.value() or ""
        if not value.isdecimal():
            return queryset
        roles = models.Q()
        for name in (*POS_FIELDS, "fallback_payment"):
            roles |= models.Q(**{f"{name}_id": int(value[:18])})
        return queryset.filter(roles)


class ThreeDFilter(DropdownFilter):
    title = _("3-D Secure")
    parameter_name = "three_d"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("With a POS for 3-D")), ("no", _("Without a POS for 3-D"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        missing = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if missing is None else queryset.filter(three_d_payment__isnull=missing)


@admin.register(Card)
class CardAdmin(ContinueAfterAddMixin, ChannelOwnedAdmin):
    empty_text = _("A card says which POS charges the cards of a bank. Add a bank and a POS first.")
    service = services.cards
    form = PosLabelsForm
    inlines = [CurrencyInline, InstallmentInline]
    list_display = ("name", "bank", "card_type", "card_payment_type", "pos_single", "pos_three_d", "channel")
    list_filter = (
        CHANNEL_FILTER,
        ("bank", AutocompleteSelectFilter),
        ("card_type", AutocompleteSelectFilter),
        ("card_payment_type", ChoicesDropdownFilter),
        "is_commerce_card",
        UsedPosFilter,
        ThreeDFilter,
        MODIFIED_FILTER,
    )
    list_select_related = ("channel", "bank", "card_type", "cash_payment", "three_d_payment")
    search_fields = ("name", "slug", "bank__name")
    autocomplete_fields = ("bank", "card_type", *POS_FIELDS, "fallback_payment")
    prepopulated_fields = {"slug": ("name",)}
    actions_detail = ["bins", "upload_bins"]
    fieldsets = [
        (None, {"fields": ["channel", "name", "slug"]}),
        (_("Which card it is"), {"fields": ["bank", "card_type", "card_payment_type", "is_commerce_card"]}),
        (
            _("Where it is charged"),
            {
                "fields": [*POS_FIELDS, "fallback_payment"],
                "description": _(
                    "For payments in the channel's currency; the tab Currencies holds the others."
                ),
            },
        ),
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A new card comes with its rates and BINs."""
        return super().get_form(request, obj, change, **({} if obj else {"form": CardAddForm}), **kwargs)

    def main_fieldsets(self, request: HttpRequest, obj: Card | None) -> Any:
        fieldsets = super().main_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        rates = ["rates", "rates_are_right"] if request.user.has_perm("payments.add_installment") else []
        bins = ["bins"] if request.user.has_perm("payments.add_binnumber") else []
        return [*fieldsets, *([(_("Rates and BINs"), {"fields": [*rates, *bins]})] if rates or bins else [])]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            save_typed(form.instance, form.cleaned_data)

    @display(description=POS_LABELS["cash_payment"], ordering="cash_payment")
    def pos_single(self, instance: Card) -> POS:
        return instance.cash_payment

    @display(description=POS_LABELS["three_d_payment"], ordering="three_d_payment")
    def pos_three_d(self, instance: Card) -> POS | None:
        return instance.three_d_payment

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_card = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return [BinsOfCard] if on_card and request.user.has_perm("payments.view_binnumber") else []

    def has_view_bins_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.view_binnumber")

    def has_add_bins_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.add_binnumber")

    @action(description=_("All BINs"), icon="list", permissions=["view_bins"], url_path="bins")
    def bins(self, request: HttpRequest, object_id: str) -> HttpResponse:
        query = f"?card__id__exact={int(object_id)}" if object_id.isdecimal() else ""
        return HttpResponseRedirect(reverse("admin:payments_binnumber_changelist") + query)

    @action(description=_("Upload BINs"), icon="upload", permissions=["add_bins"], url_path="upload-bins")
    def upload_bins(self, request: HttpRequest, object_id: str) -> HttpResponse:
        query = f"?card={int(object_id)}" if object_id.isdecimal() else ""
        return HttpResponseRedirect(reverse("payments_admin:upload", args=["bins"]) + query)
