"""BINs: a table of a million rows. No count of it, no drop-down of it, searched by its first digits."""

import re
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import action, display

from config.kit.admin.channel_admin import CHANNEL_FILTER, MODIFIED_FILTER
from payments import services
from payments.admin.base import ChannelOwnedAdmin
from payments.admin.bin_switch import SwitchBinsMixin
from payments.models import BinNumber

SWITCHED_AT_ONCE = 5_000
CARD_NUMBER = re.compile(r"\d{9,}")


class LengthFilter(DropdownFilter):
    title = gettext_lazy("number of digits")
    parameter_name = "bin_number_length"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("6", "6"), ("8", "8")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() not in ("6", "8"):
            return queryset
        return queryset.alias(digits=Length("bin_number")).filter(digits=int(self.value() or 0))


@admin.register(BinNumber)
class BinNumberAdmin(SwitchBinsMixin, ChannelOwnedAdmin):
    empty_text = gettext_lazy(
        "BINs are the first digits of cards: they find the bank. Import the list that your bank or "
        "processor publishes."
    )
    service = services.bin_numbers
    list_display = ("bin_number", "card", "bank", "is_active", "channel", "modified_date")
    list_filter = (
        CHANNEL_FILTER,
        ("card", AutocompleteSelectFilter),
        "is_active",
        LengthFilter,
        MODIFIED_FILTER,
    )
    list_select_related = ("channel", "card__bank")
    bulk_rows: ClassVar[dict[str, int]] = {"switch_on": SWITCHED_AT_ONCE, "switch_off": SWITCHED_AT_ONCE}
    sortable_by = ("bin_number",)
    # startswith and not istartswith (`^`): the unique index serves it, and the order, too.
    search_fields = ("bin_number__startswith",)
    search_help_text = gettext_lazy("First digits")
    ordering = ("bin_number", "channel_id")
    autocomplete_fields = ("card",)
    fieldsets = [(None, {"fields": ["channel", "card", "bin_number", "is_active"]})]
    actions_list = ["upload", "upload_list", "export_csv", "export_xlsx"]

    @display(description=gettext_lazy("Bank"))
    def bank(self, instance: BinNumber) -> str:
        return str(instance.card.bank)

    @action(description=gettext_lazy("Upload"), icon="upload", permissions=["add"], url_path="upload-file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("payments_admin:upload", args=["bins"]))

    @action(
        description=gettext_lazy("Country list"), icon="public", permissions=["add"], url_path="upload-list"
    )
    def upload_list(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("payments_admin:upload", args=["bin-list"]))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if CARD_NUMBER.search(re.sub(r"[\s-]", "", request.GET.get("q", ""))):
            messages.error(request, _("A BIN has 6 or 8 digits. Never enter a card number."))
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)
