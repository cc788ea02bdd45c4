"""Guessing of passwords, at every door that calls `django.contrib.auth.authenticate`: admin, browsable API, contracts.

Failures are counted for the account as one address (or IPv6 network) tries it, for the account, and for the address.
The first limit is low and locks nobody else out; the others stop guessing from many addresses and of many accounts.
A successful log-in ends the count of its account and address.
"""

import math
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import user_logged_in, user_login_failed
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.translation import ngettext

from config.kit.attempts.counters import Limit, count, forget, wait_of
from config.kit.contracts.client_ip import client_ip, network_of

FAILED = "password"

failed = Signal()
"""A log-in failed, and was counted. Arguments: request, username."""


class GuessingBackend:
    """The first backend: refuses a locked attempt before any password is looked at. It knows no users itself."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **_: Any) -> None:
        if request is not None and username and wait_for_log_in(request, username) is not None:
            raise PermissionDenied


def wait_for_log_in(request: HttpRequest, username: str) -> float | None:
    """Seconds until `username` may try again from this address; None if it may now."""
    return wait_of(_limits(request, username))


def connect() -> None:
    user_login_failed.connect(_count_failure, dispatch_uid="attempts.count_failure")
    user_logged_in.connect(_forget_failures, dispatch_uid="attempts.forget_failures")


def _count_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    username = credentials.get("username")
    if request is None or not username:
        return
    limits = _limits(request, username)
    if wait_of(limits) is None:  # a locked attempt prolongs nothing
        count(limits)
        failed.send(None, request=request, username=username)


def _forget_failures(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None:
        forget(_limits(request, user.get_username())[:1])


def unlock(username: str, addresses: Sequence[str]) -> None:
    """Forget the account's failures, all in all and from these addresses."""
    forget(
        [limit for address in ["", *addresses] for limit in _limits_of_account(username, network_of(address))]
    )


def _limits(request: HttpRequest, username: str) -> list[Limit]:
    address = network_of(client_ip(request))
    limits = _limits_of_account(username, address)
    if address:
        most, seconds = settings.LOGIN_FAILURES_OF_ADDRESS, settings.LOGIN_LOCK_SECONDS
        limits.append(Limit(FAILED, f"address {address}", most, seconds))
    return limits


def _limits_of_account(username: str, address: str) -> list[Limit]:
    account, seconds = username.casefold()[:150], settings.LOGIN_LOCK_SECONDS
    return [
        Limit(FAILED, f"account {account} from {address}", settings.LOGIN_FAILURES, seconds),
        Limit(FAILED, f"account {account}", settings.LOGIN_FAILURES_OF_ACCOUNT, seconds),
    ]


class _TellsTheWait(AuthenticationForm):
    """Says that it is locked, and for how long, instead of calling the password wrong."""

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username")
        wait = wait_for_log_in(self.request, username) if username and self.request else None
        if wait is not None:
            raise forms.ValidationError(wait_text(wait), code="locked")
        return super().clean()


class AdminLogInForm(_TellsTheWait, AdminAuthenticationForm):
    pass


class LogInForm(_TellsTheWait):
    pass


def wait_text(seconds: float) -> str:
    minutes = max(1, math.ceil(seconds / 60))
    text = ngettext(
        "Too many failed attempts. Try again in %(minutes)s minute.",
        "Too many failed attempts. Try again in %(minutes)s minutes.",
        minutes,
    )
    return text % {"minutes": minutes}
