"""Whether a browser session has shown the second factor, and how long ago."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django_otp import login as mark_device
from django_otp.models import Device

from config.kit.factors import policy
from config.kit.identity import logins

CONFIRMED_AT = "factor_confirmed_at"
HAS_NONE = "has_no_factor"
"""Set at log-in for users without a factor, so that not every request asks the database. Whoever adds one ends the
other sessions."""


def connect() -> None:
    user_logged_in.connect(_note_at_log_in, dispatch_uid="factors.note_at_log_in")


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the factor was shown, and still exists."""
    return request.user.is_authenticated and getattr(request.user, "otp_device", None) is not None


def is_due(request: HttpRequest) -> bool:
    """Whether the session is good for nothing but showing, or adding, a factor."""
    if not request.user.is_authenticated or is_confirmed(request):
        return False
    return policy.is_required(request.user) or not request.session.get(HAS_NONE)


def is_stale(request: HttpRequest) -> bool:
    """Whether the factor was shown too long ago for what matters most. False for who has none."""
    if not is_confirmed(request):
        return False
    age = time.time() - request.session.get(CONFIRMED_AT, 0)
    return not 0 <= age <= settings.SECOND_FACTOR_FRESH_SECONDS


def confirm(request: HttpRequest, device: Device) -> None:
    """The factor was shown just now. The session gets a new key, like at log-in."""
    mark_device(request, device)
    request.session[CONFIRMED_AT] = int(time.time())
    request.session.pop(HAS_NONE, None)
    before = request.session.session_key or ""
    request.session.cycle_key()
    logins.rename(before, request.session.session_key or "")


def note_without(request: HttpRequest) -> None:
    """The last factor was removed."""
    request.session[HAS_NONE] = True


def _note_at_log_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session.pop(CONFIRMED_AT, None)
        request.session[HAS_NONE] = not policy.has_factor(user)
