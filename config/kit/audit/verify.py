"""Walks the audit log and names the first row that is not as it was written."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from config.kit.audit.anchors import anchored_seals
from config.kit.audit.models import Day, Entry
from config.kit.audit.sealed import Sealed
from config.kit.audit.seals import stored_seals, trusted_keys

CANONICAL = """
    jsonb_build_array(
        day, number, id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        actor_kind, actor, actor_id, host(address), request_id, action,
        object_type, object_id, object_name, before, after, reason
    )::text
"""
"""As `audit_chain` hashes it (migration 0001), with nothing but PostgreSQL's own functions."""

CHUNK = 10_000


class BrokenError(Exception):
    """The first thing that is not as it was written."""


@dataclass(frozen=True)
class Row:
    day: str
    number: int | None
    pk: int
    hash: str
    canonical: str


@dataclass(frozen=True)
class Head:
    day: str
    previous: str
    count: int
    hash: str


@dataclass
class Walk:
    """What has been seen so far."""

    entries: int = 0
    days: int = 0
    seals: int = 0
    heads: dict[tuple[str, int], str] = field(default_factory=dict)
    """The chain's hash at the places that seals tell of."""


def verify() -> Walk:
    """Verify the database's log, its seals and those of the anchors. Raises BrokenError, or OSError for an anchor that
    cannot be read."""
    with _snapshot():
        seals = [*stored_seals(), *anchored_seals()]
        return walk(heads(), rows(), seals, trusted_keys())


def verify_file(path: Path, trusted: frozenset[str]) -> Walk:
    """Verify an export without a database. Raises BrokenError, or ValueError for what is no export."""
    kinds: dict[str, list[dict[str, Any]]] = {"head": [], "seal": []}
    with path.open() as lines:
        for line in lines:
            kind, values = json.loads(line)
            if kind in kinds:
                kinds[kind].append(values)
    known = [Head(**values) for values in kinds["head"]]
    return walk(known, _rows_of(path), [Sealed(**values) for values in kinds["seal"]], trusted)


def export(file: TextIO) -> int:
    """Write the log with its heads and seals, one JSON list a line. Returns the number of entries."""
    count = 0
    with _snapshot():
        for head in heads():
            file.write(json.dumps(["head", asdict(head)]) + "\n")
        for each in [*stored_seals(), *anchored_seals()]:
            file.write(json.dumps(["seal", asdict(each)]) + "\n")
        for row in rows():
            file.write(json.dumps(["entry", asdict(row)], ensure_ascii=False) + "\n")
            count += 1
    return count


def walk(known: list[Head], entries: Iterable[Row], seals: list[Sealed], trusted: frozenset[str]) -> Walk:
    """Follow the chain from its first entry to its last. Raises BrokenError."""
    seen = Walk(days=len(known), seals=len(seals))
    wanted = {(each.day, each.count) for each in seals}
    by_day = {head.day: head for head in known}
    _check_days(known)
    current, number, value = "", 0, ""
    for row in entries:
        if row.number is None:
            raise BrokenError(f"Entry {row.pk} has no place in the chain.")
        if row.day != current:
            _check_end(by_day.get(current), number, value)
            head = by_day.get(row.day)
            if head is None:
                raise BrokenError(f"Entry {row.pk} is of {row.day}, a day without a head.")
            current, number, value = row.day, 0, head.previous
        number += 1
        if row.number != number:
            raise BrokenError(f"{row.day}: entry number {number} is missing, {row.number} follows.")
        value = hashlib.sha256(bytes.fromhex(value) + row.canonical.encode()).hexdigest()
        if value != row.hash:
            raise BrokenError(f"Entry {row.pk} ({row.day}, number {number}) is not as it was written.")
        if (current, number) in wanted:
            seen.heads[current, number] = value
        seen.entries += 1
    _check_end(by_day.get(current), number, value)
    if seen.entries != sum(head.count for head in known):
        raise BrokenError(
            f"There are {seen.entries} entries, {sum(head.count for head in known)} were written."
        )
    _check_seals(seals, seen, trusted)
    return seen


def _check_days(known: list[Head]) -> None:
    previous = ""
    for head in known:
        if head.previous != previous:
            raise BrokenError(f"{head.day} does not follow the day before: a day is missing or was changed.")
        previous = head.hash


def _check_end(head: Head | None, number: int, value: str) -> None:
    if head is not None and (head.count, head.hash) != (number, value):
        raise BrokenError(f"{head.day} ends at entry {number}, {head.count} were written.")


def _check_seals(seals: list[Sealed], seen: Walk, trusted: frozenset[str]) -> None:
    for each in seals:
        if not each.is_authentic(trusted):
            raise BrokenError(f"The seal of {each.day} at entry {each.count} is not signed by this program.")
        if seen.heads.get((each.day, each.count)) != each.hash:
            raise BrokenError(
                f"{each.day} was sealed at entry {each.count} with another head: the log was written anew."
            )


def heads() -> list[Head]:
    return [
        Head(each.day.isoformat(), bytes(each.previous).hex(), each.count, bytes(each.hash).hex())
        for each in Day.objects.order_by("day")
    ]


def rows() -> Iterator[Row]:
    """In the order of the chain; those without a place first."""
    canonical = RawSQL(CANONICAL, [])  # noqa: S611 a constant
    days = Entry.objects.exclude(day=None).order_by("day").values_list("day", flat=True).distinct()
    for day in [None, *days]:
        found = Entry.objects.filter(day=day).order_by("number", "pk")
        values = found.values_list("number", "pk", "hash", canonical)
        for number, key, value, text in values.iterator(chunk_size=CHUNK):
            yield Row(_iso(day), number, key, bytes(value or b"").hex(), text)


def _rows_of(path: Path) -> Iterator[Row]:
    with path.open() as lines:
        for line in lines:
            kind, values = json.loads(line)
            if kind == "entry":
                yield Row(**values)


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


@contextmanager
def _snapshot() -> Iterator[None]:
    """Everything is read as of one moment, while others go on writing."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
