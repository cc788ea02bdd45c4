"""What the middleware of the second factor knows of a view: a mark on the function, or on its admin page."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

OPEN_NAMES = frozenset(
    {"admin:login", "admin:logout", "admin:jsi18n", "set_language", "otp_webauthn:js-i18n-catalog"}
)
"""Views of others that a session without its second factor may open."""

ASKING_NAMES = frozenset({"admin:password_change"})
"""Views of others that ask for the factor again."""


def open_before_factor(view: View) -> View:
    """For the pages where the factor is shown, or the first one is added."""
    view.open_before_factor = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def asks_factor(view: View) -> View:
    """What is posted here asks for the factor again where it was shown too long ago."""
    view.asks_factor = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def is_open(view: Any, view_name: str) -> bool:
    return getattr(view, "open_before_factor", False) or view_name in OPEN_NAMES


def is_asking(view: Any, view_name: str) -> bool:
    """An action of a page has its own mark; else the page's holds."""
    page = getattr(view, "model_admin", None)
    marked = getattr(view, "asks_factor", getattr(page, "asks_factor", False))
    return bool(marked) or view_name in ASKING_NAMES
