"""Which keys there are, since when, and how much is under each."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.keys.models import KnownKey
from config.kit.lib.key_ring import DataKey, data_keys, newest_key
from config.kit.rotation import rotations


class KeyState(StrEnum):
    ENCRYPTS = "encrypts"
    DECRYPTS = "decrypts"
    REMOVED = "removed"


@dataclass(frozen=True)
class Custody:
    key: KnownKey
    state: KeyState
    values: Counter[str]
    """Encrypted values by table and column."""


def state_of(key: KnownKey) -> KeyState:
    if key.id == newest_key().id:
        return KeyState.ENCRYPTS
    return KeyState.DECRYPTS if key.id in {known.id for known in data_keys()} else KeyState.REMOVED


def custody() -> list[Custody]:
    """Reads every encrypted column once."""
    values = count_values()
    return [Custody(key, state_of(key), values.get(key.id, Counter())) for key in KnownKey.objects.all()]


def count_values() -> dict[str, Counter[str]]:
    """Key's id → table and column → encrypted values. Those of earlier versions tell no key: they are under ""."""
    found: dict[str, Counter[str]] = {}
    for rotation in rotations():
        for name, key_id, count in rotation.count_by_key():
            found.setdefault(key_id, Counter())[name] = count
    return found


def remember(*, is_recorded: bool = True) -> None:
    """Write down the keys of this process, and in the audit log what has changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Two processes that find the same new key wait for each other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('config.kit.keys', 0))")
        known = {key.id: key for key in KnownKey.objects.all()}
        for key in data_keys():
            changed = _remember(key, known.pop(key.id, None))
            if changed and is_recorded:
                record(*changed, after={"master": key.master})
        for gone in known.values():
            if gone.removed_at is None:
                gone.removed_at = timezone.now()
                gone.save(update_fields=["removed_at"])
                if is_recorded:
                    record(Action.CHANGED, gone, after={"removed": True})


def _remember(key: DataKey, known: KnownKey | None) -> tuple[Action, KnownKey] | None:
    if known is None:
        since = datetime.combine(key.since, time(), UTC) if key.since else timezone.now()
        return Action.CREATED, KnownKey.objects.create(id=key.id, master=key.master, since=since)
    if (known.master, known.removed_at) == (key.master, None):
        return None
    known.master, known.removed_at = key.master, None
    known.save(update_fields=["master", "removed_at"])
    return Action.CHANGED, known


def after_migrate(**_: Any) -> None:
    """A receiver of post_migrate: the first keys of an installation."""
    if KnownKey._meta.db_table in connection.introspection.table_names():
        remember(is_recorded=False)
