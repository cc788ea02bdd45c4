"""Card numbers in headers, paths, queries, file names and forms of pages (config.kit.boundary). Bodies have parsers."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number
from config.kit.refusal import refusal

READING = ("GET", "HEAD", "OPTIONS", "TRACE")
UNCHECKED_HEADERS = frozenset({"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_CSRFTOKEN", "HTTP_X_REQUEST_ID"})
"""Credentials, of which only hashes are kept. X-Request-ID is replaced (config.process.observability)."""

OUR_RANDOM = ("key", "token")
"""Endings of our own pages' fields with random digits. One of 2,000 has a run that looks like a card number."""

UNCHECKED_FIELDS = frozenset({"csrfmiddlewaretoken", "password", "password1", "password2", "old_password"})


class CardNumberMiddleware:
    """Refuses requests that write. Reading stores nothing, and logs are masked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if request.method in READING or getattr(view, "takes_card_numbers", False):
            return None
        found = next(_places(request, view), None)
        return refusal(request, view, found, kwargs) if found is not None else None


def _places(request: HttpRequest, view: Any) -> Iterator[str]:
    """The names of what holds a card number."""
    for name, value in request.META.items():
        is_sent = name.startswith("HTTP_") and name not in UNCHECKED_HEADERS
        if is_sent and holds_bare_card_number(str(value)):
            yield name.removeprefix("HTTP_").replace("_", "-").title()
    if holds_bare_card_number(request.path):
        yield "path"
    yield from (
        name for name, values in request.GET.lists() if any(map(holds_bare_card_number, [name, *values]))
    )
    if not hasattr(view, "cls"):
        yield from _places_in_form(request, view)


def _places_in_form(request: HttpRequest, view: Any) -> Iterator[str]:
    """Of pages. Where a service checks the fields, its form shows the error at the field."""
    is_form = getattr(view, "__name__", "") in ("add_view", "change_view")
    is_checked_later = is_form and hasattr(getattr(view, "model_admin", None), "service")
    for name, values in () if is_checked_later else request.POST.lists():
        holds = holds_bare_card_number if name.endswith(OUR_RANDOM) else holds_card_number
        if name not in UNCHECKED_FIELDS and (holds_card_number(name) or any(map(holds, values))):
            yield name
    for name, files in request.FILES.lists():
        if any(holds_card_number(file.name or "") for file in files):
            yield name
