"""Failed log-ins of a user: kept for the notice at the next log-in, and for the way out of a lock."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from config.kit.attempts import log_in
from config.kit.contracts.client_ip import client_ip
from config.kit.identity.models import FailedLogIn

KEPT = timedelta(days=90)


def connect() -> None:
    log_in.failed.connect(_on_failure, dispatch_uid="identity.failed_log_in")


def record(user: User, request: HttpRequest) -> None:
    FailedLogIn.objects.create(user=user, address=client_ip(request) or None)


def unlock(user: User) -> None:
    """Forget the failures that lock the user out, from wherever they came. The addresses' own counts stay."""
    since = timezone.now() - timedelta(seconds=settings.LOGIN_LOCK_SECONDS)
    recent = FailedLogIn.objects.filter(user=user, at__gt=since).values_list("address", flat=True)
    log_in.unlock(user.get_username(), sorted({address for address in recent if address}))


def purge() -> None:
    FailedLogIn.objects.filter(at__lt=timezone.now() - KEPT).delete()


def _on_failure(request: HttpRequest, username: str, **_: Any) -> None:
    user = User.objects.filter(username=username).first()
    if user is not None:
        record(user, request)
