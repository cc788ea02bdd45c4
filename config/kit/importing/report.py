"""The status of each row of an import, kept in temporary files instead of memory."""

import csv
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, TextIO

from config.kit.importing.layout import Layout
from config.kit.importing.reasons import Reasons, Refusal
from config.kit.lib.spreadsheet import escape_formula

CREATED, EXISTS, DUPLICATE, INVALID = "created", "exists", "duplicate in file", "invalid"
STATUSES = (CREATED, EXISTS, DUPLICATE, INVALID)

KEY_LENGTH = 128

_BLOCK = 64 * 1024
_ONE_LINE = str.maketrans("\r\n", "  ")


@dataclass(frozen=True)
class RowResult:
    """`line` counts from 1, header included; `key` is the row's BIN or name; `refusal` only where invalid.

    `note` says what a row that was created lacks.
    """

    line: int
    key: str
    status: str
    refusal: Refusal | None = None
    note: Refusal | None = None

    @property
    def reason(self) -> str:
        """In English."""
        return str(self.refusal) if self.refusal else ""

    @property
    def text(self) -> str:
        """As the contract prints it: `created`, `exists`, `duplicate in file`, `invalid: <reason>`. No note."""
        return f"{self.status}: {self.reason}" if self.refusal else self.status


class Report:
    """The outcome of one import. Close it (or use it in `with`) to give its temporary files back.

    Rows are read back lazily, in the order of the file, as often as wanted; several readers do not disturb
    each other. `counts` has all four statuses; `created_objects` says what else an import made.
    """

    def __init__(self, reasons: Reasons, *, keys_repeat: bool = False) -> None:
        """`keys_repeat`: rows of one key may mean different things, as banks of one name do."""
        self._reasons = reasons
        self._keys_repeat = keys_repeat
        self.noted = 0
        self.counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
        self.created_objects: dict[str, int] = {}
        self.dry_run = False
        self.layout: Layout | None = None
        """None where the rows of the file must not be written anywhere: cells are secrets."""
        self._staged: IO[bytes] = tempfile.TemporaryFile(prefix="import-")  # noqa: SIM115 closed by `close`
        self._exceptions: IO[bytes] = tempfile.TemporaryFile(prefix="import-")  # noqa: SIM115
        self._finalizer = weakref.finalize(self, _close, self._staged, self._exceptions)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def rows(self) -> Iterator[RowResult]:
        return (row for row, _ in self._read())

    def rejects(self) -> Iterator[RowResult]:
        """The invalid rows."""
        return (row for row in self.rows() if row.status == INVALID)

    def notes(self) -> Iterator[RowResult]:
        """The rows with a note."""
        return (row for row in self.rows() if row.note) if self.noted else iter(())

    def statuses(self) -> Iterator[tuple[str, str]]:
        """`(key, status text)`, each key once: a row that repeats a key replaces the one before.

        Where keys may repeat, the one before stays as `key (line 2)`.
        """
        for row, is_last in self._read():
            if is_last:
                yield row.key, row.text
            elif self._keys_repeat:
                yield f"{row.key} (line {row.line})", row.text

    def write_rejects(self, file: TextIO) -> None:
        """CSV: line, key, reason; cells that a spreadsheet would run are made plain text."""
        writer = csv.writer(file)
        writer.writerow(["line", "key", "reason"])
        writer.writerows((row.line, escape_formula(row.key), row.reason) for row in self.rejects())

    def keep(self, block: bytes) -> None:
        """The engine's rows as they are staged, CSV: line, fault, key, anything."""
        self._staged.write(block)

    def collect(self, total: int, exceptions: Iterator[bytes | memoryview]) -> None:
        """Of `total` kept rows the others than created ones, CSV: status number, whether the key's last, line, reason.

        A row that was created is among them where its key comes again, or with a note as its reason.
        """
        found: Counter[int] = Counter()
        for record in exceptions:
            found[record[0] - ord("0")] += 1
            self.noted += record[0] == ord("0") and not bytes(record).endswith(b",\n")
            self._exceptions.write(record)
        self._staged.flush()
        self._exceptions.flush()
        found[0] = total - sum(found[number] for number in range(1, len(STATUSES)))
        self.counts = {status: found[number] for number, status in enumerate(STATUSES)}

    def close(self) -> None:
        self._finalizer()

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> Iterator[tuple[RowResult, bool]]:
        """Each row, and whether it is the last of its key."""
        exceptions = csv.reader(_lines(self._exceptions))
        none = ["0", "t", "", ""]
        exception = next(exceptions, none)
        for line, _, key, *_ in csv.reader(_lines(self._staged)):
            status, is_last, _, reason = exception if exception[2] == line else none
            if exception[2] == line:
                exception = next(exceptions, none)
            shown = (key or f"line {line}")[:KEY_LENGTH].translate(_ONE_LINE)
            told, text = self._reasons.read(reason) if reason else None, STATUSES[int(status)]
            refusal, note = (told, None) if text == INVALID else (None, told)
            yield RowResult(int(line), shown, text, refusal, note), is_last == "t"


def _close(*files: IO[bytes]) -> None:
    for file in files:
        file.close()


def _lines(file: IO[bytes]) -> Iterator[str]:
    """Reads at an offset of its own, so that readers do not disturb each other."""
    rest, offset = b"", 0
    while block := os.pread(file.fileno(), _BLOCK, offset):
        offset += len(block)
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line.decode() + "\n"
