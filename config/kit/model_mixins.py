"""What rows of every app share: history and dates."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[ModelT], ModelT]:
    """Keeps every version of a row, with who and when (django-pghistory), whatever code path wrote it."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*events, exclude=list(exclude) or None)


class Dated(models.Model):
    """`created_date` and `modified_date` as every answer of the contract carries them."""

    modified_date = models.DateTimeField(_("Modified date"), auto_now=True, editable=False)
    created_date = models.DateTimeField(_("Created date"), auto_now_add=True, editable=False)

    class Meta:
        abstract = True
