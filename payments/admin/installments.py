"""Term commission rates and currencies of all cards, for finding and exporting across cards."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.fields import CurrencyField
from config.kit.admin.service_admin import ActivationAdmin
from payments import services
from payments.admin.base import PaymentsAdmin
from payments.admin.cards import UsedPosFilter
from payments.admin.installment_form import InstallmentForm
from payments.admin.pos_choices import POS_FIELDS, PosLabelsForm
from payments.models import Channel, Installment, MultiCurrencyCard

CHANNEL_OF_CARD = ("card__channel", RelatedDropdownFilter)
CARD_FILTER = ("card", AutocompleteSelectFilter)


@admin.register(Installment)
class InstallmentAdmin(ActivationAdmin, PaymentsAdmin):
    empty_text = _("Add the numbers of installments that customers may choose, with the rate of each.")
    service = services.installments
    form = InstallmentForm
    list_display = (
        "label",
        "card",
        "installment_count",
        "interest_rate",
        "is_active",
        "channel",
        "modified_date",
    )
    list_filter = (CHANNEL_OF_CARD, CARD_FILTER, "installment_count", "is_active", MODIFIED_FILTER)
    list_select_related = ("card__channel",)
    search_fields = ("label", "card__name", "card__slug")
    autocomplete_fields = ("card",)
    ordering = ("card_id", "installment_count")
    actions_list = ["upload", "export_csv", "export_xlsx"]
    fieldsets = [
        (None, {"fields": ["card", "installment_count", "label", "interest_rate", "is_active"]}),
        (_("More settings"), {"fields": ["config", "translations"]}),
    ]

    @display(description=_("Channel"))
    def channel(self, instance: Installment) -> Channel:
        return instance.card.channel

    @action(description=_("Upload"), icon="upload", permissions=["change"], url_path="upload-file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("payments_admin:upload", args=["rates"]))


@admin.register(MultiCurrencyCard)
class MultiCurrencyCardAdmin(PaymentsAdmin):
    empty_text = _("Needed only for cards that other POS charge in other currencies.")
    service = services.multi_currency_cards
    form = PosLabelsForm
    list_display = ("card", "currency", *POS_FIELDS, "channel", "modified_date")
    list_filter = (CHANNEL_OF_CARD, CARD_FILTER, "currency", UsedPosFilter, MODIFIED_FILTER)
    list_select_related = ("card__channel", *POS_FIELDS)
    search_fields = ("currency", "card__name", "card__slug")
    autocomplete_fields = ("card", *POS_FIELDS)
    fieldsets = [(None, {"fields": ["card", "currency", *POS_FIELDS]})]

    @display(description=_("Channel"))
    def channel(self, instance: MultiCurrencyCard) -> Channel:
        return instance.card.channel

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            return db_field.formfield(form_class=CurrencyField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
