"""What the database tells of the state of things: the same for `/metrics` and for the desk's page of health.

Each app registers what it reads. A reading costs little however many rows there are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

MILLISECONDS = 5000
"""Of one statement. A scrape must not wait longer."""


@dataclass(frozen=True)
class Reading:
    """A gauge with its values. Labels are ids and words of ours."""

    name: str
    text: str
    labels: tuple[str, ...] = ()
    values: list[tuple[tuple[str, ...], float]] = field(default_factory=list)


Read = Callable[[], Iterator[Reading]]
_registered: list[Read] = []


def register(read: Read) -> None:
    if read not in _registered:
        _registered.append(read)


def read_all() -> list[Reading]:
    """Raises DatabaseError."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(MILLISECONDS)])
        return [reading for read in _registered for reading in read()]


def read_rows(
    name: str,
    text: str,
    query: str,
    parameters: dict[str, Any] | None = None,
    *,
    labels: tuple[str, ...] = (),
) -> Reading:
    """The labels of a row, in their order, then its value; a row without a value is left out."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows = cursor.fetchall()
    values = [(tuple(map(str, row[:-1])), float(row[-1])) for row in rows if row[-1] is not None]
    return Reading(name, text, labels, values)
