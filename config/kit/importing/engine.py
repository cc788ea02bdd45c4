"""The engine of all imports: file → COPY into a staging table → set-based SQL → one status per row.

A `Loader` describes one import. The engine creates these temporary tables (`tables.py`) in one transaction:

* `import_rows`: the file as it is read.
* `import_new`: the valid rows, the first of each identity.
* the loader's own `tables`, then `import_known`, `import_refused` and `import_noted`: filled by the loader's `save`.
  Rows of `import_new` that are in neither of the first two were created.

Memory is bounded: the file is read in blocks, which are also written to the report's spool file. The status of rows
that were not simply created is read with COPY into another file.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.importing.errors import FileTooLargeError, FileUnreadableError, ImportRunningError
from config.kit.importing.layout import Layout
from config.kit.importing.reasons import Reason, Reasons
from config.kit.importing.report import KEY_LENGTH, Report
from config.kit.importing.rows import Bare, Column, Mask, Table
from config.kit.importing.rules import Rule
from config.kit.importing.sources import opened
from config.kit.importing.tables import KNOWN, NOTED, REFUSED, TempTable, TempView, new_table, rows_table
from config.kit.importing.text import Progress, ReadableFile
from config.kit.lib.masking import mask_text
from config.kit.lib.measures import IMPORT_ROWS, IMPORT_SECONDS

# Limits the server's memory for sorting a million rows.
_SESSION = """
    SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true),
           set_config('statement_timeout', %s, true)
"""


@dataclass(frozen=True, kw_only=True)
class Loader:
    """One kind of import. SQL texts see the staged columns by their names; empty cells are NULL.

    `rules` are `(condition of an invalid row, reason)`; the first that holds is reported. `refusals` are the reasons
    that `save` writes into `import_refused`, `notes` those for `import_noted`. `tables` are the temporary tables of its
    steps. `key` is the first column, `keys_repeat` where rows of one key may be different things. `save` gets
    the cursor and the import's parameters and inserts from `import_new`. `derive` computes the values of `derived`
    from a row's cells. `mask` masks card numbers in a cell, which makes its row invalid. `conceal` returns what is
    staged in place of cells with secrets; nothing is staged of a row with a fault.
    """

    columns: Sequence[Column]
    header: bool
    key: str
    identity: str
    rules: Sequence[Rule]
    save: Callable[[CursorWrapper, dict[str, Any]], dict[str, int] | None]
    refusals: Sequence[Reason] = ()
    notes: Sequence[Reason] = ()
    keys_repeat: bool = False
    tables: Sequence[TempTable | TempView] = ()
    derived: Sequence[str] = ()
    derive: Callable[[Sequence[str]], Sequence[str]] = field(default=lambda cells: ())
    mask: Mask = mask_text
    conceal: Callable[[Sequence[str]], Sequence[str]] | None = None

    def __post_init__(self) -> None:
        if self.key != self.columns[0].name:
            raise ValueError(
                f"{self.key} has to be the first column: the report takes a row's key from there"
            )

    @property
    def staged(self) -> list[str]:
        return [column.name for column in self.columns] + list(self.derived)

    @property
    def row(self) -> Callable[[int, Sequence[str], str | None], list[Any]]:
        """A function from line, cells and fault to the staged values."""
        derive, conceal = self.derive, self.conceal
        if conceal is None:
            return lambda line, cells, fault: [line, fault, *cells, *derive(cells)]
        nothing = [""] * len(self.staged)
        return lambda line, cells, fault: (
            [line, fault, *nothing] if fault else [line, None, *conceal(cells), *derive(cells)]
        )

    @property
    def reasons(self) -> Reasons:
        return Reasons([*(reason for _condition, reason in self.rules), *self.refusals, *self.notes])

    @property
    def reason(self) -> str:
        """SQL for the reason of an invalid row; NULL for a valid one."""
        cases = " ".join(f"WHEN {condition} THEN '{reason.code}'" for condition, reason in self.rules)
        return f"CASE WHEN fault IS NOT NULL THEN fault {cases} END"


def _silent(bytes_done: int, bytes_total: int | None, stage: str) -> None:
    pass


def run(
    loader: Loader,
    *,
    file: ReadableFile,
    parameters: dict[str, Any],
    dry_run: bool,
    progress: Progress | None,
) -> Report:
    """Import `file`. Nothing is written with `dry_run` or if this raises.

    Raises ImportRunningError, FileTooLargeError and FileUnreadableError.
    """
    tell, started = progress or _silent, time.monotonic()
    report = Report(loader.reasons, keys_repeat=loader.keys_repeat)
    report.dry_run = dry_run
    if loader.conceal is None:
        report.layout = Layout(loader.columns, loader.header, loader.mask)
    try:
        with (
            opened(file, max_bytes=settings.IMPORT_MAX_BYTES, progress=tell) as source,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            table = Table(
                source, loader.columns, header=loader.header, separator=source.separator, mask=loader.mask
            )
            cursor.execute(_SESSION, [str(round(settings.IMPORT_STATEMENT_SECONDS * 1000))])
            _be_alone(cursor, loader, parameters)
            staged = _stage(cursor, loader, table, report)
            tell(source.size, source.size, "saving")
            all_new = _select_new(cursor, loader) == staged
            plain = all_new and loader.key == loader.identity and not loader.notes
            for table_or_view in loader.tables:
                cursor.execute(table_or_view.create, parameters or None)
            report.created_objects = loader.save(cursor, parameters) or {}
            tell(source.size, source.size, "reporting")
            report.collect(staged, _outcome(cursor, loader, plain=plain))
            _drop(cursor, loader)
            record(Action.IMPORTED, name=loader.key, after={"rows": staged, **report.created_objects})
            transaction.set_rollback(dry_run)
            if not report.total:
                raise FileUnreadableError("File has no rows.")
    except BaseException:
        report.close()
        raise
    if not dry_run:
        IMPORT_SECONDS.labels(loader.key).inc(time.monotonic() - started)
        for status, count in report.counts.items():
            IMPORT_ROWS.labels(loader.key, status).inc(count)
    return report


def _be_alone(cursor: CursorWrapper, loader: Loader, parameters: dict[str, Any]) -> None:
    """Until the transaction ends. Raises ImportRunningError."""
    scope = f"import {loader.key} {parameters.get('channel', '')}"
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [scope])
    if not cursor.fetchone()[0]:
        raise ImportRunningError


def _stage(cursor: CursorWrapper, loader: Loader, table: Table, report: Report) -> int:
    """Stage all rows. Their number."""
    for table_to_fill in (rows_table(loader.staged), KNOWN, REFUSED, NOTED):
        cursor.execute(table_to_fill.create)
    with cursor.copy("COPY import_rows FROM STDIN (FORMAT csv)") as copy:
        for block in _csv_blocks(loader, table):
            report.keep(block)
            copy.write(block)
    staged = cursor.rowcount
    cursor.execute("ANALYZE import_rows")
    return staged


def _csv_blocks(loader: Loader, table: Table) -> Iterator[bytes]:
    count, row = 0, loader.row
    for batch in table.batches():
        if isinstance(batch, Bare):
            rows = [f"{line},,{text}\n" for line, text in enumerate(batch.lines, batch.number) if text]
            count += len(rows)
            block = "".join(rows)
        else:
            count += len(batch)
            written = io.StringIO()
            writer = csv.writer(written, lineterminator="\n")
            writer.writerows(row(*record) for record in batch)
            block = written.getvalue()
        if count > settings.IMPORT_MAX_ROWS:
            raise FileTooLargeError(f"File has more than {settings.IMPORT_MAX_ROWS} rows.")
        yield block.encode()


def _select_new(cursor: CursorWrapper, loader: Loader) -> int:
    """Select the first valid row of each identity. Their number.

    Sorted by identity: imports that insert in the same order do not deadlock.
    """
    columns = ", ".join(loader.staged)
    cursor.execute(new_table(loader.staged).create)
    cursor.execute(f"""
        INSERT INTO import_new
        SELECT DISTINCT ON (({loader.identity}) COLLATE "C")
               line, ({loader.identity}) COLLATE "C", {columns}
        FROM import_rows
        WHERE {loader.reason} IS NULL
        ORDER BY ({loader.identity}) COLLATE "C", line
    """)  # noqa: S608 the loader's own constants
    found = cursor.rowcount
    cursor.execute("ANALYZE import_new")
    return found


# CSV records for `Report.collect`: status, whether it is the key's last row, line, reason.
_OUTCOME = """
    WITH judged AS (
        SELECT line, {key} AS key, identity, CASE WHEN new_line IS NULL THEN {reason} END AS reason
        FROM import_rows
        LEFT JOIN (SELECT line AS new_line, identity FROM import_new) AS fresh ON new_line = line
    ), repeated AS (
        SELECT key, max(line) AS last_line FROM judged GROUP BY key HAVING count(*) > 1
    ), told AS (
        SELECT CASE WHEN coalesce(judged.reason, refused.reason) IS NOT NULL THEN 3
                    WHEN judged.identity IS NULL THEN 2
                    WHEN known.identity IS NOT NULL THEN 1 ELSE 0 END AS status,
               coalesce(judged.line = last_line, true) AS is_last, judged.line,
               coalesce(judged.reason, refused.reason, noted.reason) AS reason
        FROM judged
        LEFT JOIN import_known AS known ON known.identity = judged.identity
        LEFT JOIN import_refused AS refused ON refused.line = judged.line
        LEFT JOIN import_noted AS noted ON noted.line = judged.line
        LEFT JOIN repeated ON repeated.key = judged.key
    )
    SELECT * FROM told WHERE status > 0 OR NOT is_last OR reason IS NOT NULL ORDER BY line
"""
# The same for a file whose rows are all in `import_new`, with different keys.
_PLAIN_OUTCOME = """
    SELECT CASE WHEN refused.line IS NOT NULL THEN 3 ELSE 1 END, true, fresh.line, refused.reason
    FROM import_new AS fresh
    LEFT JOIN import_known AS known ON known.identity = fresh.identity
    LEFT JOIN import_refused AS refused ON refused.line = fresh.line
    WHERE known.identity IS NOT NULL OR refused.line IS NOT NULL
    ORDER BY fresh.line
"""


def _outcome(cursor: CursorWrapper, loader: Loader, *, plain: bool) -> Iterator[bytes | memoryview]:
    """Records of the rows that were not simply created, in the order of the file."""
    cursor.execute("ANALYZE import_known, import_refused, import_noted")
    key = f"translate(left(coalesce({loader.key}, 'line ' || line), {KEY_LENGTH}), E'\\r\\n', '  ')"
    sql = (_PLAIN_OUTCOME if plain else _OUTCOME).format(key=key, reason=loader.reason)
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
        yield from copy


def _drop(cursor: CursorWrapper, loader: Loader) -> None:
    """Drop the temporary tables: the surrounding transaction may run another import."""
    own = (KNOWN, REFUSED, NOTED, new_table(loader.staged), rows_table(loader.staged))
    for table in (*reversed(loader.tables), *own):
        cursor.execute(f"DROP {table.kind} {table.name}")
