"""A bank's lines in a temporary table, for the steps of a run.

Only of temporary tables the program's role can keep the statistics: right after a million lines were loaded, plans over
the table itself are made as if it were empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from config.kit.lib.days import today
from payments.models import Bank

WINDOW_DAYS = 400
_LOCK = 1_500_000_000

_CREATE = """
    SET LOCAL work_mem = '128MB';
    SET LOCAL enable_nestloop = off;
    CREATE TEMP TABLE bank_line ON COMMIT DROP AS
    SELECT line.*, made.line_id IS NOT NULL AS is_matched
    FROM billing_statementline AS line
    LEFT JOIN (SELECT DISTINCT line_id FROM billing_statementmatch WHERE ended_at IS NULL) AS made
        ON made.line_id = line.id
    WHERE line.bank_id = %(bank)s AND line.sold_on >= %(since)s;
    CREATE TEMP TABLE bank_match ON COMMIT DROP AS
    SELECT made.line_id, made.entry_id, made.rule_id, made.ended_at
    FROM billing_statementmatch AS made JOIN bank_line AS line ON line.id = made.line_id
    WHERE made.ended_at IS NULL;
    SET LOCAL enable_nestloop = on;
    CREATE INDEX ON bank_match (line_id);
    CREATE INDEX ON bank_match (entry_id);
    ANALYZE bank_line;
    ANALYZE bank_match
"""


def window_start() -> date:
    """Older lines and differences are left as they are: a run's time does not grow with the years."""
    return today() - timedelta(days=WINDOW_DAYS)


def lock_bank(bank_id: int) -> None:
    """Until the end of the transaction nobody else matches the bank's lines, lists its differences or closes days."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, bank_id])


@contextmanager
def bank_lines(cursor: CursorWrapper, bank: Bank) -> Iterator[None]:
    """In the caller's transaction: `bank_line`, the lines and whether each is matched, and their `bank_match`."""
    lock_bank(bank.pk)
    cursor.execute(_CREATE, {"bank": bank.pk, "since": window_start()})
    yield
    cursor.execute("DROP TABLE bank_line, bank_match")
