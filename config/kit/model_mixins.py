"""History and dates for models of all apps."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[ModelT], ModelT]:
    """Keep every version of a row with user and time (django-pghistory), written by triggers."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*events, exclude=list(exclude) or None)


class Dated(models.Model):
    created_date = models.DateTimeField(_("Created date"), auto_now_add=True, editable=False)
    # Behind it: Django takes the time for each, in their order, and nothing is changed before it was created.
    modified_date = models.DateTimeField(_("Modified date"), auto_now=True, editable=False)

    class Meta:
        abstract = True
