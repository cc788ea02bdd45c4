"""Workbooks for import tests."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook


def workbook(rows: Iterable[Sequence[Any]]) -> io.BytesIO:
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Liste")
    for row in rows:
        sheet.append(row)
    book.save(file)
    file.seek(0)
    return file


def with_part(file: io.BytesIO, parts: Mapping[str, bytes]) -> io.BytesIO:
    """The same archive with these parts added or replaced, packed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    changed.seek(0)
    return changed


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()
