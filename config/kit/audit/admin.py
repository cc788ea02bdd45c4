"""The audit log on the desk: by person, object and day. Read only."""

import json
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.filters import DayRangeFilter
from config.kit.audit.filters import AtFilter, ChangesFilter, PersonFilter, TypeFilter, audited_types
from config.kit.audit.models import Entry

MOST_FIELDS = 4
OF_EVERY_ROW = {"id", "created_date", "modified_date"}
MOST_TERMS = 5
SHOWN_LENGTH = 60


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    is_of_all_channels = True
    list_display = (
        "shown_time", "actor", "action", "shown_name", "shown_type", "shown_change", "shown_history", "address",
    )  # fmt: skip
    list_filter = (
        ChangesFilter, PersonFilter, TypeFilter, AtFilter, ("at", DayRangeFilter), "action", "actor_kind",
    )  # fmt: skip
    search_fields = ("actor__exact", "object_type__exact", "object_id__exact", "request_id__exact")
    search_help_text = gettext_lazy("User, object number, type (payments.pos) or request")
    ordering = ("-pk",)
    sortable_by = ()
    export_exclude = ("hash",)
    fields = (
        "shown_time", "actor", "actor_kind", "address", "request_id", "action", "shown_type", "object_id",
        "shown_name", "shown_before", "shown_after", "reason", "shown_place",
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Each word in an index of its own: an object's number, its kind, a user, or a request."""
        for term in search_term.replace("\0", "").split()[:MOST_TERMS]:
            queryset = queryset.filter(_matching(term))
        return queryset, False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the names of what the page's changes point at: one look-up for each kind of object."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        names = _related_names(page.result_list)
        for entry in page.result_list:
            entry.related_names = names
        return page

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
        model = _model(entry.object_type)
        return f"{model._meta.verbose_name} ({entry.object_type})" if model else entry.object_type

    @display(description=gettext_lazy("Name"))
    def shown_name(self, entry: Entry) -> SafeString:
        """As it was recorded, in the language of whoever did it."""
        return format_html('<span translate="no">{}</span>', entry.object_name)

    @display(description=gettext_lazy("Change"))
    def shown_change(self, entry: Entry) -> SafeString | str:
        """The first fields from what to what; of objects made and deleted, which fields they had."""
        before, after = entry.before or {}, entry.after or {}
        names = sorted({*before, *after} - OF_EVERY_ROW)
        labels = _labels(entry.object_type)
        more = " …" if len(names) > MOST_FIELDS else ""
        if not (before and after):
            told = format_html_join(", ", "{}", [(_label(labels, name),) for name in names[:MOST_FIELDS]])
            return format_html("{}{}", told, more)
        lines = [
            (
                _label(labels, name),
                _told(entry, name, before.get(name)),
                _told(entry, name, after.get(name)),
            )
            for name in names[:MOST_FIELDS]
        ]
        told = format_html_join(mark_safe("<br>"), "{}: {} → {}", lines)
        return format_html('<span class="block min-w-56">{}{}</span>', told, more)

    @display(description=gettext_lazy("History"))
    def shown_history(self, entry: Entry) -> SafeString | str:
        """Of deleted objects, too."""
        model = _model(entry.object_type)
        if model is None or not entry.object_id or not hasattr(model, "pgh_event_model"):
            return ""
        try:
            url = reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[entry.object_id]
            )
        except NoReverseMatch:
            return ""
        return format_html('<a class="text-link" href="{}">{}</a>', url, _("Show"))

    @display(description=gettext_lazy("Before"))
    def shown_before(self, entry: Entry) -> SafeString | str:
        return _values(entry.before)

    @display(description=gettext_lazy("After"))
    def shown_after(self, entry: Entry) -> SafeString | str:
        return _values(entry.after)

    @display(description=gettext_lazy("Place in the chain"))
    def shown_place(self, entry: Entry) -> str:
        return f"{entry.day} / {entry.number} / {bytes(entry.hash or b'').hex()}"


def _matching(term: str) -> models.Q:
    if term.isascii() and term.isdecimal():
        return models.Q(object_type__in=audited_types(), object_id=term)
    if term in audited_types():
        return models.Q(object_type=term)
    return models.Q(actor=term) | (models.Q(request_id=term) & ~models.Q(request_id=""))


def _model(label: str) -> type[models.Model] | None:
    """None for nothing, and for models that are no longer there."""
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def _labels(object_type: str) -> dict[str, str]:
    """By the names that the log has: of the columns."""
    model = _model(object_type)
    return {field.attname: str(field.verbose_name) for field in model._meta.concrete_fields} if model else {}


def _label(labels: dict[str, str], name: str) -> SafeString | str:
    """Of what is no column, such as a user's roles, the log's own name."""
    return labels.get(name) or format_html('<code translate="no">{}</code>', name)


def _related_names(entries: list[Any]) -> dict[tuple[str, str, Any], str]:
    """(kind, column, key) → name, of what changed entries point at and what is still there."""
    wanted: dict[type[models.Model], set[tuple[str, str, Any]]] = {}
    for entry in entries:
        model = _model(entry.object_type)
        if model is None or not (entry.before and entry.after):
            continue
        for field in model._meta.concrete_fields:
            related = field.related_model if field.is_relation else None
            if getattr(related, "personal_fields", None):  # whose text is often a person's name
                continue
            for values in (entry.before, entry.after):
                if isinstance(related, type) and isinstance(values.get(field.attname), int):
                    places = wanted.setdefault(related, set())
                    places.add((entry.object_type, field.attname, values[field.attname]))
    names: dict[tuple[str, str, Any], str] = {}
    for related, places in wanted.items():
        found = related._default_manager.in_bulk({key for _type, _column, key in places})
        names |= {place: str(found[place[2]]) for place in places if place[2] in found}
    return names


def _told(entry: Any, name: str, value: Any) -> str:
    known = getattr(entry, "related_names", {})
    return _short(known.get((entry.object_type, name, value), value) if isinstance(value, int) else value)


def _short(value: Any) -> str:
    text = (
        "–"
        if value in (None, "")
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
    )
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def _values(values: Any) -> SafeString | str:
    if not values:
        return "-"
    return format_html("<pre>{}</pre>", json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True))
