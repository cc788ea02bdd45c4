"""Whether a change of the configuration needs a second person (SECOND_PERSON_FOR_CONFIGURATION)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

_approved: ContextVar[bool] = ContextVar("approved", default=False)


def is_required() -> bool:
    """False while an approved change is applied."""
    return settings.SECOND_PERSON_FOR_CONFIGURATION and not _approved.get()


@contextmanager
def approved() -> Iterator[None]:
    """Wraps what a second person has approved."""
    token = _approved.set(True)
    try:
        yield
    finally:
        _approved.reset(token)
