"""The audit log on the desk: by person, object and day. Read only."""

import json
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.audit.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("shown_time", "actor", "action", "object_name", "shown_type", "shown_change", "address")
    list_filter = ("action", "actor_kind", ("at", RangeDateTimeFilter))
    search_fields = ("actor__exact", "object_type__exact", "object_id__exact", "request_id__exact")
    search_help_text = gettext_lazy("User, object number, type (payments.pos) or request")
    ordering = ("-pk",)
    sortable_by = ()
    export_exclude = ("hash",)
    fields = (
        "shown_time", "actor", "actor_kind", "address", "request_id", "action", "shown_type", "object_id",
        "object_name", "shown_before", "shown_after", "reason", "shown_place",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        return self.fields

    @display(description=gettext_lazy("Time"))
    def shown_time(self, entry: Entry) -> SafeString:
        """To the second, on one line."""
        local = timezone.localtime(entry.at)
        return format_html(
            '<span class="whitespace-nowrap">{} {}</span>', date_format(local), local.strftime("%H:%M:%S")
        )

    @display(description=gettext_lazy("Type"))
    def shown_type(self, entry: Entry) -> str:
        """As the desk calls it, and as the log is searched for it."""
        try:
            name = apps.get_model(entry.object_type)._meta.verbose_name if entry.object_type else ""
        except LookupError:  # of an app that is no longer there
            name = ""
        return f"{name} ({entry.object_type})" if name else entry.object_type

    @display(description=gettext_lazy("Change"))
    def shown_change(self, entry: Entry) -> str:
        names = sorted({*(entry.before or {}), *(entry.after or {})})
        return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")

    @display(description=gettext_lazy("Before"))
    def shown_before(self, entry: Entry) -> SafeString | str:
        return _values(entry.before)

    @display(description=gettext_lazy("After"))
    def shown_after(self, entry: Entry) -> SafeString | str:
        return _values(entry.after)

    @display(description=gettext_lazy("Place in the chain"))
    def shown_place(self, entry: Entry) -> str:
        return f"{entry.day} / {entry.number} / {bytes(entry.hash or b'').hex()}"


def _values(values: Any) -> SafeString | str:
    if not values:
        return "-"
    return format_html("<pre>{}</pre>", json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True))
