"""Rate limits. The rate of each scope is in `DEFAULT_THROTTLE_RATES`."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle

from config.kit.contracts.client_ip import client_ip


class ClientThrottle(ScopedRateThrottle):
    """Counts a view's requests by client; the view's `throttle_scope` names the rate."""

    def get_ident(self, request: Request) -> str:
        return client_ip(request) or super().get_ident(request)


class AttemptThrottle(SimpleRateThrottle):
    """Counts by an identity of its own, not by request and view."""

    def __init__(self, scope: str, ident: str) -> None:
        self.scope, self.ident = scope, ident
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.ident}


def count_attempt(scope: str, ident: str) -> float | None:
    """Count an attempt of `ident` (an address, a key's prefix). Seconds to wait if it was one too many."""
    throttle = AttemptThrottle(scope, ident)
    nothing: Any = None  # the key depends on neither request nor view
    return None if throttle.allow_request(nothing, nothing) else throttle.wait() or 0.0
