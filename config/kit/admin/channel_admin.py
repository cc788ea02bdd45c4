"""Admin classes for models with dates, and for models that belong to a channel."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from config.kit.admin.filters import DayRangeFilter
from config.kit.admin.service_admin import ServiceAdmin
from config.kit.admin.urls import admin_url

CHANNEL_FILTER = ("channel", RelatedDropdownFilter)
MODIFIED_FILTER = ("modified_date", DayRangeFilter)
DATES = ("modified_date", "created_date")


class DatedAdmin(ServiceAdmin):
    """Shows the dates in a collapsed section at the end; not on the page for adding."""

    readonly_fields = DATES
    date_fieldset = (_("Dates"), {"fields": [DATES], "classes": ["collapse"]})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = self.main_fieldsets(request, obj)
        return [*fieldsets, self.date_fieldset] if obj else fieldsets

    def main_fieldsets(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_fieldsets(request, obj)


class ChannelOwnedAdmin(DatedAdmin):
    """For models with a `channel`, which never changes once the object exists."""

    list_select_related: tuple[str, ...] = ("channel",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return _with_channel_link(fieldsets) if obj else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "channel_link"] if obj else fields

    @display(description=_("Channel"))
    def channel_link(self, instance: Any) -> SafeString:
        """Carries the channel's id for autocomplete_channel.js."""
        return format_html(
            '<a class="text-link" data-channel-id="{}" href="{}">{}</a>',
            instance.channel_id,
            admin_url(instance.channel),
            instance.channel,
        )


def _with_channel_link(fieldsets: Any) -> Any:
    def swap(name: Any) -> Any:
        return (
            tuple(map(swap, name)) if isinstance(name, tuple) else {"channel": "channel_link"}.get(name, name)
        )

    return [
        (title, {**options, "fields": [swap(name) for name in options["fields"]]})
        for title, options in fieldsets
    ]


class ContinueAfterAddMixin(ModelAdmin):
    """Inlines need a saved object: they are hidden while adding, and saving continues on the object's page."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        if "_addanother" not in request.POST and "_popup" not in request.POST:
            data = request.POST.copy()
            data["_continue"] = "1"
            request.POST = cast(Any, data)  # read-only for the type checker, not for Django
        return super().response_add(request, obj, post_url_continue)
