"""Files for import tests."""

import io
from collections.abc import Callable

from config.kit.importing.report import Report


def csv_file(text: str | bytes, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text if isinstance(text, bytes) else text.encode(encoding))


def statuses(report: Report) -> dict[str, str]:
    with report:
        return dict(report.statuses())


def lines(report: Report) -> list[tuple[int, str, str]]:
    """`(line, key, status text)` of every row."""
    with report:
        return [(row.line, row.key, row.text) for row in report.rows()]


Import = Callable[..., Report]
