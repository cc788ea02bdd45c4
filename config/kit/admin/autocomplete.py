"""Choosing a related object by typing: only those of the form's channel, and the channel beside the name."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model


def label_of(instance: Model) -> str:
    """The object's name with its channel: two shops may both have a bank of one name."""
    channel = getattr(instance, "channel", None)
    return f"{instance} · {channel}" if channel else str(instance)


class ChannelAutocompleteView(AutocompleteJsonView):
    """`?channel=3` (sent by autocomplete_channel.js) narrows the results to one channel."""

    def get_queryset(self) -> Any:
        self.term = self.term.replace("\0", "")  # PostgreSQL's text knows no NUL
        rows = super().get_queryset()
        names = {field.name for field in rows.model._meta.concrete_fields}
        if "channel" not in names:
            return rows
        channel = self.request.GET.get("channel", "")
        if channel.isdecimal():
            rows = rows.filter(channel_id=int(channel[:18]))
        return rows.select_related("channel")

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return super().serialize_result(obj, to_field_name) | {"text": label_of(obj)}
