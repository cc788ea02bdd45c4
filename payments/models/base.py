"""What all configuration rows share."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[ModelT], ModelT]:
    """Keeps every version of a row, with who and when (django-pghistory), whatever code path wrote it."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*events, exclude=list(exclude) or None)


CHANNEL_IS_FIXED = pgtrigger.ReadOnly(name="channel_is_fixed", fields=["channel"])
"""The channel of an object can't change (contracts/README, "Channel")."""

SLUG_PATTERN = r"^[-\w]+\Z"


class SlugField(models.CharField):
    """A name for programs: letters and digits of any script, hyphens and underscores."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 128)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    default_validators = [
        RegexValidator(SLUG_PATTERN, _("Enter letters, digits, hyphens and underscores only."))
    ]


class Dated(models.Model):
    """`created_date` and `modified_date` as every answer of the contract carries them."""

    modified_date = models.DateTimeField(_("Modified date"), auto_now=True, editable=False)
    created_date = models.DateTimeField(_("Created date"), auto_now_add=True, editable=False)

    class Meta:
        abstract = True
