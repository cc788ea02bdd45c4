"""Power cuts in process: what dies is the operation, by an exception that no code of ours catches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection

from billing.attempts import engine, outcomes


class PowerCut(BaseException):
    """Not an Exception: nothing may handle it, as nothing handles a real one. Open transactions roll back."""


@contextmanager
def crash_at_point(name: str) -> Iterator[None]:
    """Die at the named crash point of `billing.attempts.crash_points`."""

    def crash_point(reached: str) -> None:
        if reached == name:
            raise PowerCut

    with (
        mock.patch.object(engine, "crash_point", crash_point),
        mock.patch.object(outcomes, "crash_point", crash_point),
    ):
        yield


@contextmanager
def crash_at_statement(number: int) -> Iterator[None]:
    """Die before the operation's SQL statement with this number, which may be anywhere at all."""
    left = number

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise PowerCut
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield
