"""Something that happens at the same time, on a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def outcome_elsewhere(call: Callable[[], Any]) -> BaseException | None:
    """What `call` raises in another thread, after it has ended."""

    def work() -> None:
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).exception(60)
