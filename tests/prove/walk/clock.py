"""Virtual time. The database's clock cannot be set, so time passes by moving every stored moment into the past."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from tests.support.bank.core import Clock

MOMENTS = {
    "billing_payment": ("created_date", "modified_date", "expires_at", "next_check_at"),
    "billing_paymentattempt": ("started_at", "finished_at"),
    "billing_refund": ("created_date", "modified_date", "send_after"),
    "billing_callback": ("received_at",),
    "billing_case": ("opened_at", "closed_at"),
}


class BankTimeoutError(Exception):
    """The bank answers after our deadline."""


def as_replica(statements: str) -> None:
    """In one round trip, without triggers, foreign keys and history."""
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {statements}; COMMIT")


@dataclass(order=True)
class _Later:
    due: float
    number: int
    work: Callable[[], None] = field(compare=False)


class VirtualClock(Clock):
    """`now` in seconds since the walk began. Work of the bank that is due runs when time passes over it."""

    def __init__(self, deadline: float, book: Callable[[float, Callable[[], object]], None]) -> None:
        """`deadline`: our own for a call. `book` carries out what was put off for so many seconds."""
        self.now = 0.0
        self.deadline = deadline
        self._book = book
        self._later: list[_Later] = []
        self._numbers = itertools.count()

    def sleep(self, seconds: float) -> None:
        """The bank takes its time, and we do not wait longer than our deadline."""
        self.advance(min(seconds, self.deadline))
        if seconds >= self.deadline:
            raise BankTimeoutError

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        item = _Later(self.now + seconds, next(self._numbers), lambda: self._book(seconds, work))
        heapq.heappush(self._later, item)

    @property
    def waiting(self) -> bool:
        return bool(self._later)

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while self._later and self._later[0].due <= end:
            item = heapq.heappop(self._later)
            self._shift(item.due - self.now)
            item.work()
        self._shift(end - self.now)

    def _shift(self, seconds: float) -> None:
        if seconds <= 0:
            return
        self.now += seconds
        moved = "; ".join(
            f"UPDATE {table} SET "
            + ", ".join(f"{column} = {column} - interval '{seconds} s'" for column in columns)
            for table, columns in MOMENTS.items()
        )
        as_replica(moved)
