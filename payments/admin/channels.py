"""Sales channels."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.controlled import ControlledAdmin
from config.kit.admin.fields import CurrencyField
from config.kit.admin.service_admin import ActivationAdmin
from payments import services
from payments.admin.base import PaymentsAdmin
from payments.admin.channel_form import MONEY_AND_DAYS, OTHER, ChannelForm
from payments.channel_settings import PORTAL_ORIGINS
from payments.models import Channel


class DefaultCardFilter(DropdownFilter):
    title = _("default card")
    parameter_name = "default_card_set"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Chosen")), ("no", _("Not chosen"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if known is None else queryset.filter(default_card__isnull=known)


@admin.register(Channel)
class ChannelAdmin(ControlledAdmin, ActivationAdmin, PaymentsAdmin):
    empty_text = _(
        "A channel is a shop or site whose payments are taken. Add one first: POS, banks and cards "
        "belong to it."
    )
    service = services.channels
    form = ChannelForm
    list_display = (
        "name",
        "slug",
        "channel_type",
        "default_currency",
        "default_card",
        "is_active",
        "modified_date",
    )
    list_filter = ("is_active", DefaultCardFilter, MODIFIED_FILTER)
    list_select_related = ("default_card",)
    search_fields = ("name", "slug")
    autocomplete_fields = ("default_card",)
    prepopulated_fields = {"slug": ("name",)}

    def main_fieldsets(self, request: HttpRequest, obj: Any) -> Any:
        """A default card can be chosen once the channel has cards."""
        main = ["name", "slug", "channel_type", "is_active", "default_currency"]
        card = ["default_card"] if obj else []
        return [
            (None, {"fields": [*main, *card]}),
            (_("Money and days"), {"fields": list(MONEY_AND_DAYS)}),
            (None, {"fields": [PORTAL_ORIGINS]}),
            (_("More settings"), {"fields": [OTHER]}),
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "default_currency":
            return db_field.formfield(form_class=CurrencyField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
