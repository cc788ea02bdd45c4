"""The rejected rows of a file, whole and with their reasons: to be mended and sent again."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from config.kit.importing.reasons import Refusal
from config.kit.importing.report import Report
from config.kit.importing.rows import Record, Table, heading
from config.kit.importing.sources import opened
from config.kit.importing.text import ReadableFile
from config.kit.importing.workbooks import WorkbookSource
from config.kit.lib.spreadsheet import escape_formula


def rejected_rows(
    report: Report, file: ReadableFile, *, reason: Callable[[Refusal], str], for_workbooks: str = ","
) -> Iterator[bytes]:
    """CSV in UTF-8 with the file's own headings and separator (`for_workbooks` where it has none), a row at a time.

    A last column has the reason; one of an earlier round is replaced. Card numbers are masked, cells that a spreadsheet
    would run are made plain text. Only for reports with a `layout`.
    """
    layout = report.layout
    if layout is None:
        return
    with opened(file, max_bytes=settings.IMPORT_MAX_BYTES, progress=_silent) as source:
        table = Table(
            source, layout.columns, header=layout.header, separator=source.separator, mask=layout.mask
        )
        separator = for_workbooks if isinstance(source, WorkbookSource) else table.separator
        headings = table.headings or [column.name for column in layout.columns]
        earlier = _reason_columns(headings)
        headings = _without(earlier, headings)
        yield "\ufeff".encode() + _line([*headings, _("Reason")], separator)
        for cells, refusal in _refused(report, table.whole()):
            row = _without(earlier, cells)
            row += [""] * (len(headings) - len(row))
            yield _line([*row, reason(refusal)], separator)


def _refused(report: Report, rows: Iterator[Record]) -> Iterator[tuple[list[str], Refusal]]:
    """Both are in the order of the file."""
    for rejected in report.rejects():
        cells = next((cells for line, cells, _fault in rows if line == rejected.line), None)
        if cells is not None and rejected.refusal is not None:
            yield cells, rejected.refusal


def _reason_columns(headings: Sequence[str]) -> set[int]:
    names = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names.add(heading(_("Reason")))
    return {place for place, text in enumerate(headings) if heading(text) in names}


def _without(places: set[int], cells: Sequence[str]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places]


def _line(cells: Sequence[str], separator: str) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerow([escape_formula(cell) for cell in cells])
    return written.getvalue().encode()


def _silent(bytes_done: int, bytes_total: int | None, stage: str) -> None:
    pass
