"""Which form an answer has, by the Accept header with its q-values (RFC 9110, section 12.5.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


@dataclass(frozen=True)
class MediaRange:
    text: str
    quality: float

    @property
    def specificity(self) -> int:
        """Of `*/*`, `text/*` and `text/csv`."""
        return 2 - self.text.partition(";")[0].count("*")

    def matches(self, media_type: str) -> bool:
        ours, theirs = (text.partition(";")[0].strip().lower() for text in (media_type, self.text))
        kind, _, subtype = theirs.partition("/")
        return theirs in ("*/*", ours) or (subtype == "*" and ours.startswith(f"{kind}/"))


class QualityNegotiation(DefaultContentNegotiation):
    """DRF's reads no q-values. A request that writes is never 406: what it did would be lost with the answer."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        offered = list(renderers)
        wanted = format_suffix or request.query_params.get(self.settings.URL_FORMAT_OVERRIDE)
        found = self.filter_renderers(offered, wanted) if wanted else offered
        ranges = [read_range(text) for text in self.get_accept_list(request)]
        best: tuple[tuple[float, int], BaseRenderer, str] | None = None
        for renderer in found:
            matching = [item for item in ranges if item.matches(str(renderer.media_type))]
            if not matching:
                continue
            chosen = max(matching, key=lambda item: item.specificity)
            rank = (chosen.quality, chosen.specificity)
            if chosen.quality > 0 and (best is None or rank > best[0]):
                named = chosen.text if chosen.specificity == 2 else str(renderer.media_type)
                best = rank, renderer, named
        if best is not None:
            return best[1], best[2]
        if request.method not in SAFE_METHODS:
            return offered[0], str(offered[0].media_type)
        raise NotAcceptable(available_renderers=found)


def read_range(text: str) -> MediaRange:
    """Without its q; one that is not a number from 0 to 1 counts as 1."""
    kept, quality = [], 1.0
    for part in text.split(";"):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() != "q":
            kept.append(part.strip())
            continue
        number: Any = value.strip()
        quality = float(number) if number.replace(".", "", 1).isdecimal() and number.isascii() else 1.0
    return MediaRange("; ".join(kept), min(quality, 1.0))
