"""Rate limits, counted by all processes together. The rate of each scope is in `DEFAULT_THROTTLE_RATES`."""

from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from config.kit.attempts.counters import Limit, count, wait_of
from config.kit.contracts.client_ip import client_ip, network_of


class ClientThrottle(BaseThrottle):
    """Counts a view's requests by client; the view's `throttle_scope` names the rate."""

    _wait: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        who = network_of(client_ip(request)) or self.get_ident(request) or ""
        self._wait = count_attempt(view.throttle_scope, who)
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def count_attempt(scope: str, ident: str) -> float | None:
    """Count an attempt of `ident` (an address, a key's prefix). Seconds to wait if it was one too many."""
    return count([limit_of(scope, ident)])


def wait_of_attempt(scope: str, ident: str) -> float | None:
    """Seconds to wait if `ident` has used its attempts up. Counts nothing."""
    return wait_of([limit_of(scope, ident)])


def limit_of(scope: str, ident: str) -> Limit:
    most, _, period = str(api_settings.DEFAULT_THROTTLE_RATES[scope]).partition("/")
    return Limit(scope, ident, int(most), _SECONDS[period[:1]])


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
"""As DRF reads `10/min`."""
