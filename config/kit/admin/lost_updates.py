"""A form that was opened before somebody else saved is not saved over their change without asking.

The page carries the object's `modified_date` as it was when the form was opened. Where it is another one by now, and
the change concerns a field of the form, both values are shown and the form must be sent again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from config.kit.admin.history import KEY_SEPARATOR, Entry, flat, get_history

SEEN = "_seen"


@dataclass(frozen=True)
class Conflict:
    label: str
    before: str
    now: str
    yours: str
    who: str
    when: datetime


def seen_version(instance: Any) -> str:
    """What the page carries; empty for a new object, and where the model has no date of its last change."""
    modified = getattr(instance, "modified_date", None)
    return modified.isoformat() if modified and instance.pk else ""


def seen_by(form: Any, stored: Any) -> str:
    """What the page carries for a form that comes back: what it was opened with, unless its conflicts are shown now."""
    opened = (
        form.data.get(form.add_prefix(SEEN)) if form.is_bound and not getattr(form, "conflicts", ()) else None
    )
    return opened or seen_version(stored)


def seen_rows(formsets: Iterable[Any]) -> list[tuple[str, str]]:
    """For the saved rows of tables on the page: the name of the hidden field and the version."""
    forms_of_rows = [form for formset in formsets for form in formset.initial_forms]
    versions = [(form.add_prefix(SEEN), seen_by(form, form.instance)) for form in forms_of_rows]
    return [(name, version) for name, version in versions if version]


def conflicts_of(form: Any, formsets: Iterable[Any]) -> list[Conflict]:
    """Of the page and of its tables, whose rows are named."""
    rows = [row for formset in formsets for row in formset.initial_forms]
    found = [(row, conflict) for row in rows for conflict in getattr(row, "conflicts", ())]
    named = [
        replace(conflict, label=f"{row.instance}{KEY_SEPARATOR}{conflict.label}") for row, conflict in found
    ]
    return [*getattr(form, "conflicts", ()), *named]


def find_conflicts(form: forms.ModelForm, stored: models.Model) -> list[Conflict]:
    """What others have changed since the form was opened, of the fields that the form would write back."""
    seen = parse_datetime(str(form.data.get(form.add_prefix(SEEN), "")))
    modified = getattr(stored, "modified_date", None)
    if seen is None or modified is None or modified <= seen:
        return []
    changes: dict[str, Conflict] = {}
    for entry in reversed(_entries_since(type(stored), stored.pk, seen)):
        for change in entry.changes:
            if (yours := _yours(form, change.label)) is not None and yours != change.after:
                first = changes.get(change.label)
                before = first.before if first else change.before
                changes[change.label] = Conflict(
                    change.label, before, change.after, yours, entry.who, entry.when
                )
    return list(changes.values())


def refuse_lost_update(form: Any, stored: models.Model) -> None:
    """Adds an error and `form.conflicts`. The page then carries the new version: sent again, the form is saved."""
    form.conflicts = find_conflicts(form, stored)
    if form.conflicts:
        text = _("Somebody else has saved this meanwhile. Compare the values; save again to keep yours.")
        form.add_error(None, ValidationError(text, code="lost_update"))


def _entries_since(model: type[models.Model], key: Any, seen: datetime) -> list[Entry]:
    """The latest first; those of one page are enough to see that something changed."""
    if not hasattr(model, "pgh_event_model"):
        return []
    return [entry for entry in get_history(model, key).entries if entry.when > seen]


def _yours(form: forms.ModelForm, label: str) -> str | None:
    """What the form would write, as the history shows it. None where the form does not write the field.

    Forms that put a JSON object together from fields of their own leave it in `cleaned_data`.
    """
    label, _separator, key = label.partition(KEY_SEPARATOR)
    for field in form.instance._meta.concrete_fields:
        if str(field.verbose_name) == label and field.name in form.cleaned_data:
            value = form.cleaned_data[field.name]
            if key:
                return flat(value).get(key, "")
            if isinstance(value, bool):
                return _("yes") if value else _("no")
            if field.flatchoices:
                return str(dict(field.flatchoices).get(value, value))
            return "" if value in (None, "") else str(value)
    return None
