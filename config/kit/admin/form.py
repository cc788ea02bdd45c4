"""A model form that asks the service, so that the admin can't pass a rule by."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

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
"""The field that an error belongs to (None: the whole form) and its text for operators."""


class ServiceLike(Protocol):
    """What the admin needs of an app's service."""

    def check(self, instance: Any) -> None: ...
    def save(self, instance: Any) -> Any: ...
    def delete(self, instance: Any) -> None: ...
    def update(self, instance: Any, **fields: Any) -> Any: ...
    def usage(self, instance: Any) -> dict[str, int]: ...


def explain(error: BrokenRule, model: type[models.Model]) -> list[FormError]:
    """The errors of a form for a broken rule, where the app has no better words for it."""
    if isinstance(error, InUseError):
        return [(None, in_use(error))]
    if isinstance(error, ChannelChangedError):
        return [("channel", _("The channel can't be changed."))]
    if isinstance(error, InvalidValueError):
        return [(error.field, error.message)]
    if isinstance(error, RuleError):
        return [(None, error.message)]
    return [_taken(fields, model) for fields in error.sets]


def in_use(error: InUseError) -> str:
    listed = ", ".join(
        _("%(count)s %(name)s") % {"count": count, "name": name} for name, count in error.counts.items()
    )
    return _("It can't be deleted: it is used by %(listed)s.") % {"listed": listed}


def _taken(fields: tuple[str, ...], model: type[models.Model]) -> FormError:
    labels = [str(model._meta.get_field(name).verbose_name) for name in fields]  # type: ignore[union-attr]
    if len(labels) == 1:
        return fields[0], _("This value is already taken.")
    text = _("%(name)s with these values of %(fields)s already exists.")
    name = str(model._meta.verbose_name)
    return None, text % {"name": name[:1].upper() + name[1:], "fields": ", ".join(labels)}


class ServiceForm(forms.ModelForm):
    """Checks the object as it is about to be saved with `service`; broken rules become errors of fields."""

    service: ServiceLike
    explain: Callable[[BrokenRule], Iterable[FormError]]

    def prepare(self) -> None:
        """Complete the instance with what the form does not ask for; called before the rules are checked."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.prepare()
            if not self.errors:
                self.service.check(self.instance)
        except BROKEN_RULES as error:
            self.add_broken_rule(error)

    def add_broken_rule(self, error: BrokenRule) -> None:
        for field, text in type(self).explain(error):
            self.add_error(field if field in self.fields else None, ValidationError(text, code="rule"))
