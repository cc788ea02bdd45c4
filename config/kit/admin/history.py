"""History of an object: who changed what and when. Read from pghistory's event tables, which triggers write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _

PAGE_SIZE = 25
NOT_SHOWN = {"id", "modified_date", "created_date"}


KEY_SEPARATOR = " › "
"""Between the label of a JSON field and the path of one of its keys."""


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    when: datetime
    who: str
    kind: str
    """insert, update or delete."""
    changes: list[Change]


@dataclass(frozen=True)
class HistoryPage:
    entries: list[Entry]
    page: Any


def get_history(model: type[models.Model], object_id: Any, *, number: int = 1) -> HistoryPage:
    """One page of the object's history, latest first. Works for deleted objects too.

    The number of queries depends on the model, not on the page. Raises Http404 where there is no history.
    """
    if not hasattr(model, "pgh_event_model"):
        raise Http404
    events = model.pgh_event_model._default_manager.filter(pgh_obj_id=object_id)
    paginator = Paginator(events.order_by("-pgh_id"), PAGE_SIZE)
    if not paginator.count:
        raise Http404
    page = paginator.get_page(number)
    # One more than the page: the oldest entry is compared with its predecessor.
    start = (page.number - 1) * PAGE_SIZE
    rows = list(events.select_related("pgh_context").order_by("-pgh_id")[start : start + PAGE_SIZE + 1])
    pairs = list(zip(rows, [*rows[1:], None], strict=True))[:PAGE_SIZE]
    names = _RelatedNames(model, rows)
    people = _people(rows)
    return HistoryPage([_entry(model, row, before, names, people) for row, before in pairs], page)


class _RelatedNames:
    """Names of related objects by their ids; one query for each related model."""

    def __init__(self, model: type[models.Model], rows: list[Any]) -> None:
        self._found: dict[str, dict[Any, str]] = {}
        ids: dict[type[models.Model], set[Any]] = {}
        fields: list[Any] = [field for field in model._meta.concrete_fields if field.is_relation]
        for field in fields:
            wanted = ids.setdefault(field.related_model, set())
            wanted |= {getattr(row, field.attname) for row in rows} - {None}
        found = {
            related: {key: str(item) for key, item in related._default_manager.in_bulk(keys).items()}
            if keys
            else {}
            for related, keys in ids.items()
        }
        for field in fields:
            self._found[field.name] = found[field.related_model]

    def text(self, field: Any, value: Any) -> str:
        if value in (None, ""):
            return ""
        if in_words := getattr(field.model, "history_texts", {}).get(field.name):
            return str(in_words(value))
        if field.is_relation:
            return self._found[field.name].get(value) or _("deleted (ID %(id)s)") % {"id": value}
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(value)


def _people(rows: list[Any]) -> dict[int, str]:
    ids = {user for row in rows if isinstance(user := _context(row).get("user"), int)}
    return {user.pk: user.get_username() for user in get_user_model()._default_manager.filter(pk__in=ids)}


def _context(row: Any) -> dict[str, Any]:
    return (row.pgh_context.metadata or {}) if row.pgh_context else {}


def _entry(
    model: type[models.Model], row: Any, before: Any, names: _RelatedNames, people: dict[int, str]
) -> Entry:
    changes = [] if row.pgh_label == "delete" else _changes(model, row, before, names)
    return Entry(
        when=row.pgh_created_at, who=_who(_context(row), people), kind=row.pgh_label, changes=changes
    )


def _who(context: dict[str, Any], people: dict[int, str]) -> str:
    user, command = context.get("user"), context.get("command")
    if user is not None:
        return people.get(user) or _("deleted user (ID %(id)s)") % {"id": user}
    return _("command %(name)s") % {"name": command} if command else _("the system")


def _changes(model: type[models.Model], row: Any, before: Any, names: _RelatedNames) -> list[Change]:
    changes: list[Change] = []
    known = {field.name for field in row._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        if field.name in NOT_SHOWN or field.name not in known:
            continue
        old = getattr(before, field.attname) if before is not None else None
        new = getattr(row, field.attname)
        if before is not None and old == new:
            continue
        changes.extend(_of_field(field, old, new, names))
    return changes


def _of_field(field: Any, old: Any, new: Any, names: _RelatedNames) -> list[Change]:
    label = str(field.verbose_name)
    if field.name == "secrets_revision":
        return [Change(_("Secrets"), "", _("changed"))] if new else []
    if isinstance(field, models.JSONField):
        before, after = flat(old), flat(new)
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return [
            Change(f"{label}{KEY_SEPARATOR}{key}" if key else label, before.get(key, ""), after.get(key, ""))
            for key in keys
        ]
    change = Change(label, names.text(field, old), names.text(field, new))
    return [change] if change.before != change.after else []


def flat(value: Any, path: str = "") -> dict[str, str]:
    """`{"auth": {"id": 1}}` → `{"auth.id": "1"}`."""
    if isinstance(value, dict):
        return {
            key: text
            for name, inner in value.items()
            for key, text in flat(inner, f"{path}.{name}" if path else str(name)).items()
        }
    if isinstance(value, bool):
        return {path: _("yes") if value else _("no")}
    return {} if value is None else {path: str(value)}
