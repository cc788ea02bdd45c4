"""Model forms that check the rules of a service, and the operators' texts of broken rules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from config.kit.admin.lost_updates import SEEN, Conflict, refuse_lost_update
from config.kit.lib.errors import (
    ChannelChangedError,
    InUseError,
    InvalidValueError,
    RuleError,
    UniqueSetsError,
)

BROKEN_RULES = (RuleError, UniqueSetsError, InvalidValueError)
BrokenRule = RuleError | UniqueSetsError | InvalidValueError
FormError = tuple[str | None, str]
"""The field (None: the whole form) and the text for operators."""


class ServiceLike(Protocol):
    """The part of config.kit.services.Service that the admin calls."""

    def check(self, instance: Any) -> Any: ...
    def save(self, instance: Any) -> Any: ...
    def delete(self, instance: Any) -> None: ...
    def update(self, instance: Any, **fields: Any) -> Any: ...
    def usage(self, instance: Any) -> dict[str, int]: ...


RuleTexts = Mapping[type[Exception], tuple[str | None, str | Promise]]
"""Error class → its field (None: the whole form) and its text for operators."""


def form_errors(
    error: BrokenRule, model: type[models.Model], texts: RuleTexts | None = None
) -> list[FormError]:
    """The operators' text of a broken rule: from `texts`, else a default."""
    if known := (texts or {}).get(type(error)):
        return [(known[0], str(known[1]))]
    if isinstance(error, InUseError):
        return [(None, in_use(error))]
    if isinstance(error, ChannelChangedError):
        return [("channel", _("The channel cannot be changed."))]
    if isinstance(error, InvalidValueError):
        return [(error.field, error.message)]
    if isinstance(error, RuleError):
        return [(None, error.message)]
    return [_taken(fields, model) for fields in error.sets]


def in_use(error: InUseError) -> str:
    listed = ", ".join(
        _("%(count)s %(name)s") % {"count": count, "name": name} for name, count in error.counts.items()
    )
    return _("Cannot be deleted: it is used by %(listed)s.") % {"listed": listed}


def _taken(fields: tuple[str, ...], model: type[models.Model]) -> FormError:
    labels = [str(verbose_name(model, name)) for name in fields]
    if len(labels) == 1:
        return fields[0], _("This value is already taken.")
    text = _("%(name)s with these values of %(fields)s already exists.")
    name = str(model._meta.verbose_name)
    return None, text % {"name": name[:1].upper() + name[1:], "fields": ", ".join(labels)}


def verbose_name(model: type[models.Model], field: str) -> str:
    """Lazy, so that a form's class may ask for it: each reader sees his language."""
    fields = {item.name: item for item in model._meta.fields}
    return cast(str, fields[field].verbose_name)


class ServiceForm(forms.ModelForm):
    """Checks the instance with `service` before it is saved; broken rules become form errors.

    The admin page sets `service` and `form_errors`.
    """

    service: ServiceLike
    form_errors: Callable[[BrokenRule], Iterable[FormError]]
    conflicts: Sequence[Conflict] = ()
    """What somebody else has saved since the form was opened."""

    def prepare(self) -> None:
        """Set fields that are not in the form. Called before the rules are checked."""

    def _post_clean(self) -> None:
        stored = self._stored()
        super()._post_clean()  # type: ignore[misc]  # a hook of Django that the stubs leave out
        if self.errors:
            return
        if stored is not None:
            refuse_lost_update(self, stored)
        try:
            self.prepare()
            if not self.errors:
                self.service.check(self.instance)
        except BROKEN_RULES as error:
            self.add_broken_rule(error)

    def _stored(self) -> models.Model | None:
        """The row as it is now, locked until the save. None while adding, and where the page carries no version."""
        if self.instance.pk is None or self.add_prefix(SEEN) not in self.data:
            return None
        rows = type(self.instance)._default_manager.select_for_update(no_key=True, of=("self",))
        return rows.filter(pk=self.instance.pk).first()

    def add_broken_rule(self, error: BrokenRule) -> None:
        for field, text in type(self).form_errors(error):
            self.add_error(field if field in self.fields else None, ValidationError(text, code="rule"))
