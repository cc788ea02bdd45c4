"""XLSX → text: the first visible sheet of a workbook, row by row, within bounds.

openpyxl's read-only mode keeps one row and all shared strings in memory, and trusts what the file says of itself. So
the parts of the archive are measured before it is given the file. Nothing is unpacked onto a disk.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook

from config.kit.importing.errors import FileTooLargeError, FileUnreadableError
from config.kit.importing.text import BLOCK, Progress, not_a_list

ZIP = b"PK\x03\x04"

MAX_ROWS = 1_048_576  # of a sheet; Excel has no more
MAX_COLUMNS = 1_000
MAX_UNPACKED = 4
"""All parts together, in multiples of the largest file: XML of a sheet is some 4 times as long as its CSV."""
MAX_KEPT_BYTES = 32 * 1024 * 1024
"""Of the parts that are no sheets, some of which are read as a whole: shared strings, styles."""
MAX_ROW_BYTES = 4 * 1024 * 1024
"""XML between the beginnings of two rows, which is in memory at once."""
MAX_PARTS = 10_000

_ROWS_AT_ONCE = 500
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_OTHERS = {
    "xl/workbook.bin": "a binary Excel workbook (XLSB)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "META-INF/manifest.xml": "an OpenDocument file",
}
_LINE_BREAKS = str.maketrans("\r\n", "\v\v")


class WorkbookSource:
    """The sheet as CSV text in blocks; a row is a line, also where a cell has line breaks (they become `\\v`).

    Raises FileUnreadableError for what is no workbook, and FileTooLargeError above `max_bytes` or a limit of this
    module; the rows are checked as they are read.
    """

    separator = ","

    def __init__(self, file: BinaryIO, *, max_bytes: int, progress: Progress) -> None:
        self._progress = progress
        self._file = _random_access(file, max_bytes)
        self.size = self._file.seek(0, io.SEEK_END)
        if self.size > max_bytes:
            raise FileTooLargeError(f"File is larger than {max_bytes} bytes.")
        _measure(self._file, max_bytes)
        try:
            self._book = load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl lets through whatever a broken part makes its readers raise
            raise _broken() from error
        visible = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            self.close()
            raise FileUnreadableError("Workbook has no visible sheet.")
        self._sheet = visible[0]
        self._sheet.reset_dimensions()  # programs write wrong ones

    def close(self) -> None:
        """Not the caller's file."""
        self._book.close()

    def __iter__(self) -> Iterator[str]:
        rows = self._rows()
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            written = io.StringIO()
            csv.writer(written, lineterminator="\n").writerows(some)
            yield written.getvalue()
            self._progress(min(self._file.tell(), self.size), self.size, "reading")
        self._progress(self.size, self.size, "reading")

    def _rows(self) -> Iterator[list[str]]:
        for number, values in enumerate(_read(self._sheet.iter_rows(values_only=True)), 1):
            if number > MAX_ROWS:
                raise FileTooLargeError(f"Sheet has more than {MAX_ROWS} rows.")
            if len(values) > MAX_COLUMNS:
                raise FileTooLargeError(f"Sheet has more than {MAX_COLUMNS} columns.")
            cells = [_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            yield cells


def _read(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    try:
        yield from rows
    except Exception as error:  # as above
        raise _broken() from error


def _random_access(file: BinaryIO, max_bytes: int) -> BinaryIO:
    """Encrypted uploads can only be read from the start; they are held in memory, not in clear on a disk."""
    try:
        file.seek(0, io.SEEK_END)
    except io.UnsupportedOperation:
        file.seek(0)
        return io.BytesIO(file.read(max_bytes + 1))
    return file


def _measure(file: BinaryIO, max_bytes: int) -> None:
    """Sizes are what the archive says; zipfile never unpacks more than that of a part."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
            _refuse_others(parts)
            sheets = [part for part in parts if part.filename.lower().startswith("xl/worksheets/")]
            kept = sum(part.file_size for part in parts if part not in sheets)
            if (
                len(parts) > MAX_PARTS
                or kept > MAX_KEPT_BYTES
                or sum(part.file_size for part in parts) > MAX_UNPACKED * max_bytes
            ):
                raise FileTooLargeError("Workbook is too large when it is unpacked; save it as CSV in UTF-8.")
            for sheet in sheets:
                _measure_rows(archive, sheet)
    except (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise _broken() from error


def _refuse_others(parts: Sequence[ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        return
    what = next((what for name, what in _OTHERS.items() if name in names), "a ZIP archive")
    raise not_a_list(what)


def _measure_rows(archive: ZipFile, sheet: ZipInfo) -> None:
    since = 0
    with archive.open(sheet) as part:
        while data := part.read(BLOCK):
            since = 0 if _ROW.search(data) else since + len(data)
            if since > MAX_ROW_BYTES:
                raise FileTooLargeError("Workbook has a row that is too large; save it as CSV in UTF-8.")


def _text(value: Any) -> str:
    """As it would be in a CSV file: numbers without exponent in Excel's 15 digits, dates as 2026-03-01."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.translate(_LINE_BREAKS)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(format(value, '.15g')):f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _broken() -> FileUnreadableError:
    return FileUnreadableError(
        "File is a workbook or ZIP archive that cannot be read; save it as CSV in UTF-8."
    )
