"""Autocomplete of related objects, limited to the form's channel."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model


def label_with_channel(instance: Model) -> str:
    """`Bank · Shop`: channels may have objects of the same name."""
    channel = getattr(instance, "channel", None)
    return f"{instance} · {channel}" if channel else str(instance)


class KeyAutocomplete(AutocompleteSelect):
    """Django's looks up what was sent before it is checked, and fails for what is not a key."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [key for key in value if is_key(str(key))], attr)


def is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


class ChannelAutocompleteView(AutocompleteJsonView):
    """`?channel=3`, sent by autocomplete_channel.js, limits the results to one channel."""

    def get_queryset(self) -> Any:
        self.term = self.term.replace("\0", "")  # PostgreSQL's text cannot hold NUL
        rows = super().get_queryset()
        names = {field.name for field in rows.model._meta.concrete_fields}
        if "channel" not in names:
            return rows
        channel = self.request.GET.get("channel", "")
        if channel.isdecimal():
            rows = rows.filter(channel_id=int(channel[:18]))
        return rows.select_related("channel")

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return super().serialize_result(obj, to_field_name) | {"text": label_with_channel(obj)}
