"""Errors and transactions of PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction


def violated_constraint(error: IntegrityError) -> str:
    """The name of the violated constraint; "" if PostgreSQL does not name one."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction whose statements all see the database as it was at the first one. It can only read.

    Within another transaction (in tests) it is a part of that one.
    """
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
