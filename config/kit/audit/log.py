"""Writes the audit log: who, what, when, from where, before and after, reason."""

import getpass
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.http import HttpRequest

from config.kit.audit.models import Action, ActorKind
from config.kit.contracts.client_ip import client_ip
from config.kit.lib.encryption import EncryptedJSONField
from config.kit.lib.masking import SECRET_MASK, mask_data, mask_text
from config.kit.lib.request_id import request_id

_APPEND = "SELECT audit_append(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_APPEND_MANY = """
    SELECT count(audit_append(%s, %s, %s, %s, %s, %s, %s, told.id, told.name, told.before, told.after, %s))
    FROM jsonb_to_recordset(%s) AS told (id text, name text, before jsonb, after jsonb)
"""

request: ContextVar[HttpRequest | None] = ContextVar("audit_request", default=None)
"""Set by the middleware: its user is read when something is recorded, as APIs log in after the middleware."""


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    name: str
    user_id: int | None = None
    address: str | None = None


_actor: ContextVar[Actor | None] = ContextVar("audit_actor", default=None)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """For callers without a Django user, such as a merchant's program."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    if (known := _actor.get()) is not None:
        return known
    current = request.get()
    if current is None:
        return Actor(ActorKind.SYSTEM, _program())
    user = getattr(current, "user", None)
    address = client_ip(current)
    if user is None or not user.is_authenticated:
        return Actor(ActorKind.SYSTEM, "", address=address)
    return actor_of(user, address)


def actor_of(user: Any, address: str | None = None) -> Actor:
    """A service identity has no password to log in with."""
    kind = ActorKind.PERSON if user.has_usable_password() else ActorKind.SERVICE
    return Actor(kind, user.get_username(), user.pk, address)


def record(
    action: Action,
    subject: models.Model | None = None,
    *,
    name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    actor: Actor | None = None,
    user_id: int | None = None,
) -> None:
    """Append an entry, in the caller's transaction: it is kept if, and only if, what it tells is kept.

    `subject` is what it is about, `name` tells it in words where there is no object. `user_id` names who acted where
    that is not the user of the request (a job that goes on with somebody's work). Card numbers and secrets are masked.
    """
    who = actor or (_user(user_id) if user_id is not None else current_actor())
    row = [
        *_who(who),
        action,
        subject._meta.label_lower if subject is not None else "",
        str(subject.pk) if subject is not None else "",
        mask_text(name or _name_of(subject))[:200],
        _json(before),
        _json(after),
        mask_text(reason)[:500],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, row)


def record_changes(
    changes: Sequence[tuple[models.Model, Mapping[str, Any], Mapping[str, Any]]], *, reason: str = ""
) -> None:
    """What changed of many rows of one table, each with its values before and after: an entry each, one statement."""
    if not changes:
        return
    told = [
        {
            "id": str(subject.pk),
            "name": mask_text(_name_of(subject))[:200],
            "before": mask_data(dict(before)),
            "after": mask_data(dict(after)),
        }
        for subject, before, after in changes
    ]
    label = changes[0][0]._meta.label_lower
    rows = json.dumps(told, cls=DjangoJSONEncoder)
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND_MANY, [*_who(current_actor()), Action.CHANGED, label, mask_text(reason)[:500], rows]
        )


def _who(actor: Actor) -> list[Any]:
    return [
        actor.kind,
        mask_text(actor.name)[:150],
        actor.user_id,
        actor.address or None,
        request_id.get() or "",
    ]


def record_saved(instance: models.Model, stored: models.Model | None) -> None:
    """What changed of a row, or all of a new one."""
    if stored is None:
        record(Action.CREATED, instance, after=values_of(instance))
        return
    changed = [
        field
        for field in instance._meta.concrete_fields
        if not getattr(field, "auto_now", False)
        and getattr(instance, field.attname) != getattr(stored, field.attname)
    ]
    if changed:
        record(
            Action.CHANGED, instance, before=values_of(stored, changed), after=values_of(instance, changed)
        )


def values_of(instance: models.Model, fields: list[Any] | None = None) -> dict[str, Any]:
    """By the names of the columns. Secrets are masked, and what a model calls `personal_fields`: nothing can be erased
    from the log. The history of the row has the values.
    """
    personal = _personal_fields(instance)
    return {
        field.attname: SECRET_MASK
        if _is_secret(field) or (field.attname in personal and getattr(instance, field.attname))
        else _plain(getattr(instance, field.attname))
        for field in (instance._meta.concrete_fields if fields is None else fields)
    }


def _personal_fields(instance: models.Model) -> frozenset[str]:
    return getattr(instance, "personal_fields", frozenset())


def _name_of(subject: models.Model | None) -> str:
    """None for people's records, whose text is often their name."""
    return "" if subject is None or _personal_fields(subject) else str(subject)


def _is_secret(field: Any) -> bool:
    return isinstance(field, EncryptedJSONField) or field.attname == "password"


def _plain(value: Any) -> Any:
    """Files, durations and the like as text."""
    return value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(mask_data(dict(values)), cls=DjangoJSONEncoder)


def _user(user_id: int) -> Actor:
    current = request.get()
    own = getattr(current, "user", None) if current is not None else None
    if own is not None and own.pk == user_id:
        return current_actor()
    user = User.objects.filter(pk=user_id).first()
    return actor_of(user) if user is not None else Actor(ActorKind.SYSTEM, f"user {user_id}", user_id)


def _program() -> str:
    """A command and who has typed it, or a worker."""
    program = Path(sys.argv[0]).name
    command = sys.argv[1] if program == "manage.py" and len(sys.argv) > 1 else program
    return f"{getpass.getuser()}: {command}"
