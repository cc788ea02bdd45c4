"""How long a browser session lasts: from its last use, and from its log-in."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest

BEGAN_AT, SEEN_AT = "began_at", "seen_at"
PRECISION = 60
"""Seconds. The last use is written at most this often."""


def begin(request: HttpRequest | None, **_: Any) -> None:
    """A receiver of user_logged_in."""
    if request is not None and hasattr(request, "session"):
        request.session[BEGAN_AT] = request.session[SEEN_AT] = int(time.time())


def seconds_left(request: HttpRequest) -> int:
    """0 for a session that ended, or whose times are not known."""
    now, session = time.time(), request.session
    idle = session.get(SEEN_AT, 0) + settings.SESSION_IDLE_SECONDS
    whole = session.get(BEGAN_AT, 0) + settings.SESSION_COOKIE_AGE
    return max(0, int(min(idle, whole) - now))


def mark_seen(request: HttpRequest) -> None:
    if time.time() - request.session.get(SEEN_AT, 0) >= min(PRECISION, settings.SESSION_IDLE_SECONDS // 15):
        request.session[SEEN_AT] = int(time.time())


def end(request: HttpRequest) -> None:
    logout(request)
