"""Codes that people type in: of an authenticator app, or of their sheet of recovery codes."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django_otp.models import Device

from config.kit.attempts.counters import Limit, count, forget
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.factors.models import AuthenticatorApp, RecoveryCode


class TooManyCodesError(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        """How long to wait."""


def find_device(user: AbstractBaseUser, code: str, of: Sequence[Device] = ()) -> Device | None:
    """What the code is of (any device that the user has in use, or one of `of`); it is used up then.

    Raises TooManyCodesError, however right the code is.

    Counted before it is looked at: parallel guesses are no more than others.
    """
    limit = _limit(user)
    wait = count([limit])
    if wait is not None:
        raise TooManyCodesError(wait)
    code = "".join(code.split()).replace("-", "").lower()[:64]
    found = next((device for device in of or _candidates(user, code) if device.verify_token(code)), None)
    if found is None:
        record(Action.LOG_IN_FAILED, name=user.get_username(), reason="second factor")
    else:
        forget([limit])
    return found


def unlock(user: AbstractBaseUser) -> None:
    forget([_limit(user)])


def _limit(user: AbstractBaseUser) -> Limit:
    return Limit("factor", f"account {user.pk}", settings.LOGIN_FAILURES, settings.LOGIN_LOCK_SECONDS)


def _candidates(user: AbstractBaseUser, code: str) -> list[Device]:
    if code.isdecimal():
        return list(AuthenticatorApp.objects.filter(user=user, confirmed=True))
    return list(RecoveryCode.objects.filter(user=user, digest=RecoveryCode.digest_of(user.pk, code)))
