"""What became of each row of an import, kept in a temporary file: a million rows take no memory."""

import csv
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, TextIO

from config.lib.spreadsheet import neutralise

CREATED, EXISTS, DUPLICATE, INVALID = "created", "exists", "duplicate in file", "invalid"
STATUSES = (CREATED, EXISTS, DUPLICATE, INVALID)

_BLOCK = 64 * 1024


@dataclass(frozen=True)
class RowResult:
    """`line` counts from 1, header included; `key` is the row's BIN or name; `reason` only where invalid."""

    line: int
    key: str
    status: str
    reason: str = ""

    @property
    def text(self) -> str:
        """As the contract prints it: `created`, `exists`, `duplicate in file`, `invalid: <reason>`."""
        return f"{self.status}: {self.reason}" if self.reason else self.status


class Report:
    """The outcome of one import. Close it (or use it in `with`) to give its temporary file back.

    Rows are read back lazily, in the order of the file, as often as wanted; several readers do not disturb
    each other. `counts` has all four statuses; `created_objects` says what else an import made.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
        self.created_objects: dict[str, int] = {}
        self.dry_run = False
        self._spool: IO[bytes] = tempfile.TemporaryFile(prefix="import-")  # noqa: SIM115 closed by `close`
        self._finalizer = weakref.finalize(self, self._spool.close)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def rows(self) -> Iterator[RowResult]:
        for status, _, line, key, reason in self._records():
            yield RowResult(int(line), key, STATUSES[int(status)], reason)

    def rejects(self) -> Iterator[RowResult]:
        """The invalid rows."""
        return (row for row in self.rows() if row.status == INVALID)

    def statuses(self) -> Iterator[tuple[str, str]]:
        """`(key, status text)`, each key once: a row that repeats a key replaces the one before."""
        for status, is_last, line, key, reason in self._records():
            if is_last == "t":
                row = RowResult(int(line), key, STATUSES[int(status)], reason)
                yield key, row.text

    def write_rejects(self, file: TextIO) -> None:
        """CSV: line, key, reason; cells that a spreadsheet would run are made plain text."""
        writer = csv.writer(file)
        writer.writerow(["line", "key", "reason"])
        writer.writerows((row.line, neutralise(row.key), row.reason) for row in self.rejects())

    def collect(self, records: Iterator[bytes | memoryview]) -> None:
        """Keep the engine's CSV records: status number, whether the key's last, line, key, reason."""
        found: Counter[int] = Counter()
        for record in records:
            found[record[0] - ord("0")] += 1
            self._spool.write(record)
        self._spool.flush()
        for number, count in found.items():
            self.counts[STATUSES[number]] += count

    def close(self) -> None:
        self._finalizer()

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _records(self) -> Iterator[list[str]]:
        return csv.reader(self._lines())

    def _lines(self) -> Iterator[str]:
        """Reads at an offset of its own. A record is one line: the engine leaves no line end in a key."""
        rest, offset = b"", 0
        while block := os.pread(self._spool.fileno(), _BLOCK, offset):
            offset += len(block)
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield line.decode()
