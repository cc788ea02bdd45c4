"""Headers of paths that will go: Deprecation (RFC 9745), Sunset (RFC 8594), and links to what comes next (RFC 5829).

`API_DEPRECATIONS` names them, by the beginning of their paths; none by default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

_KEYS = {"deprecated", "sunset", "link", "successor"}


@dataclass(frozen=True)
class Deprecation:
    """`deprecated` and `sunset` are the first moments (UTC) of their days."""

    prefix: str
    deprecated: datetime
    sunset: datetime | None
    links: tuple[str, ...]

    def add_to(self, response: HttpResponse) -> None:
        response.headers["Deprecation"] = f"@{int(self.deprecated.timestamp())}"
        if self.sunset is not None:
            response.headers["Sunset"] = http_date(self.sunset.timestamp())
        if self.links:
            known = [response.headers["Link"]] if "Link" in response.headers else []
            response.headers["Link"] = ", ".join([*known, *self.links])


def read(configured: Mapping[str, Mapping[str, Any]]) -> tuple[Deprecation, ...]:
    """Longest path first. Raises ValueError for what is not understood."""
    found = []
    for prefix, values in configured.items():
        unknown = set(values) - _KEYS
        if unknown or not prefix.startswith("/") or "deprecated" not in values:
            raise ValueError(
                f"API_DEPRECATIONS: {prefix} needs `deprecated`, and may have sunset, link, successor."
            )
        sunset = _moment(values["sunset"]) if "sunset" in values else None
        links = [f'<{values["link"]}>; rel="deprecation"; type="text/html"'] if "link" in values else []
        links += [f'<{values["successor"]}>; rel="successor-version"'] if "successor" in values else []
        found.append(Deprecation(prefix, _moment(values["deprecated"]), sunset, tuple(links)))
    return tuple(sorted(found, key=lambda item: -len(item.prefix)))


def _moment(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), tzinfo=UTC)


class DeprecationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.deprecations = read(settings.API_DEPRECATIONS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for deprecation in self.deprecations:
            if request.path.startswith(deprecation.prefix):
                deprecation.add_to(response)
                break
        return response
