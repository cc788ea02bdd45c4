"""Sessions and keys of users: what is still good, when it was last used, and how it ends.

A trigger of this app's migrations ends all of a user's when the password changes or the user is deactivated, whatever
writes the row.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, F, Q
from django.utils import timezone
from knox.models import AuthToken

from config.kit.audit import log as audit
from config.kit.audit.models import Action
from config.kit.identity.models import Access, Contract, Login, LoginKind

SEEN_EVERY = timedelta(minutes=1)
"""Precision of "last used"."""
KEPT = timedelta(days=30)
"""How long ended ones stay in the list."""


def record(
    user_id: int,
    kind: LoginKind,
    handle: str,
    *,
    contract: Contract | str = "",
    address: str = "",
    expires_at: datetime | None = None,
) -> None:
    with transaction.atomic():
        login = Login.objects.create(
            user_id=user_id,
            kind=kind,
            handle=handle,
            contract=contract,
            expires_at=expires_at,
            last_used_at=timezone.now(),
            last_used_address=address or None,
        )
        audit.record(Action.KEY_ISSUED, login, after={"kind": kind, "contract": contract}, user_id=user_id)
        User.objects.filter(pk=user_id).update(last_login=timezone.now())


def mark_used(handle: str, address: str) -> bool:
    """Write the last use, at most once a minute in each process. False if the handle is not known."""
    if not cache.add(f"login-seen-{handle}", True, SEEN_EVERY.total_seconds()):
        return True
    used = Login.objects.filter(handle=handle)
    return bool(used.update(last_used_at=timezone.now(), last_used_address=address or None))


def mark_session_used(user_id: int, session_key: str, address: str, expires_at: datetime) -> None:
    if not mark_used(session_key, address):
        Login.objects.get_or_create(
            handle=session_key,
            defaults={
                "user_id": user_id,
                "kind": LoginKind.BROWSER,
                "last_used_at": timezone.now(),
                "last_used_address": address or None,
                "expires_at": expires_at,
            },
        )


def rename(handle: str, new_handle: str) -> None:
    """The session got a new key, and is the same."""
    Login.objects.filter(handle=handle, ended_at=None).update(handle=new_handle)


def has_ended(handle: str) -> Exists:
    """For an annotation of the query that reads the user."""
    return Exists(Login.objects.filter(handle=handle, ended_at__isnull=False))


def end(handle: str) -> None:
    """The next request with it is refused."""
    with transaction.atomic():
        login = Login.objects.filter(handle=handle, ended_at=None).first()
        if login is not None:
            Login.objects.filter(pk=login.pk).update(ended_at=timezone.now())
            audit.record(Action.KEY_ENDED, login, after={"user": login.user_id})
        AuthToken.objects.filter(digest=handle).delete()
        Session.objects.filter(session_key=handle).delete()


def end_all(user_id: int, *, but: str = "") -> None:
    """All of a user's but one browser session. JWTs end by their generation, too, listed or not."""
    with transaction.atomic():
        others = Login.objects.filter(user_id=user_id).exclude(handle=but)
        sessions = others.filter(kind=LoginKind.BROWSER).values("handle")
        Session.objects.filter(session_key__in=sessions).delete()
        AuthToken.objects.filter(user_id=user_id).delete()
        others.filter(ended_at=None).update(ended_at=timezone.now())
        audit.record(Action.KEY_ENDED, name=f"all of user {user_id}", after={"user": user_id})
        Access.objects.get_or_create(user_id=user_id)
        Access.objects.filter(user_id=user_id).update(token_generation=F("token_generation") + 1)


def purge() -> None:
    """Forget what ended or expired long ago."""
    before = timezone.now() - KEPT
    Login.objects.filter(Q(ended_at__lt=before) | Q(expires_at__lt=before)).delete()
