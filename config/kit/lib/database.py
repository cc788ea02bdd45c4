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


# A plan that reads a table until it has met enough rows is cheap for a name that many have, and reads ten million rows
# for one that nobody has. What a disabled plan is charged would start the JIT compiler.
_ONLY_INDEXES = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
           set_config('statement_timeout', %s, true)
"""


@contextmanager
def look_ups(milliseconds: int) -> Iterator[None]:
    """A transaction for statements with a limit that indexes answer, each within this time.

    Raises OperationalError where one takes longer.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ONLY_INDEXES, [str(milliseconds)])
        yield
