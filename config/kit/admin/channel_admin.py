"""Pages of objects with dates, and of objects that belong to a channel."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from config.kit.admin.filters import DayRangeFilter
from config.kit.admin.service_admin import ServiceAdmin

CHANNEL_FILTER = ("channel", RelatedDropdownFilter)
MODIFIED_FILTER = ("modified_date", DayRangeFilter)
DATES = ("modified_date", "created_date")


class DatedAdmin(ServiceAdmin):
    """Dates stand at the end, once there are any."""

    readonly_fields = DATES
    date_fieldset = (_("Dates"), {"fields": [DATES], "classes": ["collapse"]})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = self.main_fieldsets(request, obj)
        return [*fieldsets, self.date_fieldset] if obj else fieldsets

    def main_fieldsets(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_fieldsets(request, obj)


class ChannelOwnedAdmin(DatedAdmin):
    """Objects of one channel, which never changes."""

    list_select_related: tuple[str, ...] = ("channel",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return _with_fixed_channel(fieldsets) if obj else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "fixed_channel"] if obj else fields

    @display(description=_("Channel"))
    def fixed_channel(self, instance: Any) -> SafeString:
        """The channel as a link; its id is what the look-ups of related objects are narrowed by."""
        return format_html(
            '<a class="text-link" data-channel-id="{}" href="{}">{}</a>',
            instance.channel_id,
            address_of(instance.channel),
            instance.channel,
        )


def address_of(instance: Any) -> str:
    """The object's page in the admin."""
    meta = instance._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[instance.pk])


def _with_fixed_channel(fieldsets: Any) -> Any:
    def swap(name: Any) -> Any:
        return (
            tuple(map(swap, name))
            if isinstance(name, tuple)
            else {"channel": "fixed_channel"}.get(name, name)
        )

    return [
        (title, {**options, "fields": [swap(name) for name in options["fields"]]})
        for title, options in fieldsets
    ]


class ContinueAfterAdd:
    """What stands in tabs (accounts, currencies, rates) needs a saved object: adding goes on to its page."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []  # type: ignore[misc]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        if "_addanother" not in request.POST and "_popup" not in request.POST:
            request.POST = request.POST.copy()  # type: ignore[assignment]
            request.POST["_continue"] = "1"  # type: ignore[misc]
        return super().response_add(request, obj, post_url_continue)  # type: ignore[misc]
