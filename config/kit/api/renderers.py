"""CSV, XLS and XML answers. User input never becomes a formula or markup."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO, StringIO
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Protocol
from xml.sax.xmlreader import AttributesImpl

from django.utils.xmlutils import SimplerXMLGenerator
from openpyxl import Workbook
from rest_framework.renderers import JSONRenderer as BaseJSONRenderer
from rest_framework_csv.renderers import CSVRenderer as BaseCSVRenderer
from rest_framework_xml.renderers import XMLRenderer as BaseXMLRenderer

from config.kit.lib.spreadsheet import escape_formula

MAX_SHEET_COLUMNS = 16_384
MAX_SHEET_ROWS = 1_048_575
"""Beside the header."""
BLOCK = 500
"""Rows in a piece of a stream."""
NO_ATTRIBUTES = AttributesImpl({})
_XML_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAME_ILLEGAL = re.compile(r"[^\w.-]")


class JSONRenderer(BaseJSONRenderer):
    """DRF's; what was sent may come back in an error, and a lone surrogate has no UTF-8."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        try:
            return super().render(data, accepted_media_type, renderer_context)
        except UnicodeEncodeError:
            return _AsciiRenderer().render(data, accepted_media_type, renderer_context)


class _AsciiRenderer(BaseJSONRenderer):
    ensure_ascii = True


class Rows(Protocol):
    """A whole list (config.kit.api.lists)."""

    @property
    def fields(self) -> list[str]: ...
    @property
    def is_flat(self) -> bool: ...
    def count(self) -> int: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...


class FileRenderer:
    """Also renders lists that do not fit into memory."""

    media_type: str
    charset: str | None
    file_suffix: str
    max_rows: int | None = None

    def stream(self, rows: Rows) -> Iterator[bytes]:
        """The file in pieces."""
        raise NotImplementedError


class CSVRenderer(FileRenderer, BaseCSVRenderer):
    """One row per object, columns in the order of the fields; nested JSON becomes dotted columns."""

    file_suffix = "csv"

    def stream(self, rows: Rows) -> Iterator[bytes]:
        """Nested JSON is read twice: only all rows together tell the columns."""
        for block in _in_blocks(self.stream_table(rows)):
            buffer = StringIO()
            csv.writer(buffer).writerows(block)
            yield buffer.getvalue().encode()

    def stream_table(self, rows: Rows) -> Iterator[list[Any]]:
        columns = rows.fields if rows.is_flat else self._columns(rows) or rows.fields
        yield [escape_formula(name) for name in columns]
        for row in self.flatten_data(rows):
            yield [escape_formula(row.get(name)) for name in columns]

    def _columns(self, rows: Iterable[Any]) -> list[str]:
        return list(dict.fromkeys(name for row in self.flatten_data(rows) for name in row))

    def render(
        self, data: Any, media_type: str | None = None, renderer_context: Any = None, **_: Any
    ) -> bytes:
        buffer = StringIO()
        csv.writer(buffer).writerows(self.table(data, renderer_context))
        return buffer.getvalue().encode()

    def table(self, data: Any, context: Mapping[str, Any] | None) -> Iterator[list[Any]]:
        """Header and rows of an answer: a list's page, one object, or an error."""
        rows = data.get("results", [data]) if isinstance(data, Mapping) else data
        return self.tablize(rows or [], header=None if rows else _header_of(context))

    def tablize(self, data: Any, header: Any = None, labels: Any = None) -> Iterator[list[Any]]:
        rows = list(data)
        columns = header or self._columns(rows)
        if columns:
            yield [escape_formula(name) for name in columns]
        for row in self.flatten_data(rows):
            yield [escape_formula(row.get(name)) for name in columns]


class XLSRenderer(CSVRenderer):
    """The same table as an Office Open XML workbook, under the media type that the contract names.

    Columns beyond the 16,384 that a sheet can hold are left out.
    """

    media_type = "application/xls"
    format = "xls"
    charset = None
    render_style = "binary"
    file_suffix = "xlsx"
    max_rows = MAX_SHEET_ROWS

    def render(
        self, data: Any, media_type: str | None = None, renderer_context: Any = None, **_: Any
    ) -> bytes:
        file = BytesIO()
        _save_workbook(self.table(data, renderer_context), file)
        return file.getvalue()

    def stream(self, rows: Rows) -> Iterator[bytes]:
        """A workbook is complete before its first byte can be sent: it is made on disk."""
        with TemporaryFile() as file:
            _save_workbook(self.stream_table(rows), file)
            file.seek(0)
            while part := file.read(65_536):
                yield part


class XMLRenderer(FileRenderer, BaseXMLRenderer):
    """DRF-XML's, with element names and characters that XML allows for any key."""

    file_suffix = "xml"

    def stream(self, rows: Rows) -> Iterator[bytes]:
        """In the envelope of a page that holds everything."""
        buffer = StringIO()
        xml = SimplerXMLGenerator(buffer, "utf-8")
        xml.startDocument()
        xml.startElement(self.root_tag_name, NO_ATTRIBUTES)
        self._to_xml(xml, {"count": rows.count(), "next": None, "previous": None})
        xml.startElement("results", NO_ATTRIBUTES)
        for block in _in_blocks(iter(rows)):
            self._to_xml(xml, block)
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
        for name in ("results", self.root_tag_name):
            xml.endElement(name)
        xml.endDocument()
        yield buffer.getvalue().encode()

    def _to_xml(self, xml: Any, data: Any) -> None:
        if isinstance(data, Mapping):
            for key, value in data.items():
                name = _xml_name(str(key))
                xml.startElement(name, {})
                self._to_xml(xml, value)
                xml.endElement(name)
        elif isinstance(data, (list, tuple)):
            super()._to_xml(xml, data)
        elif data is not None:
            xml.characters(_XML_ILLEGAL.sub("", str(data)))


def _save_workbook(table: Iterable[list[Any]], file: IO[bytes]) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Data")
    for row in table:
        sheet.append(row[:MAX_SHEET_COLUMNS])
    workbook.save(file)


def _in_blocks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while block := list(islice(rows, BLOCK)):
        yield block


def _header_of(context: Mapping[str, Any] | None) -> list[str]:
    """The view's fields, for an empty list."""
    view: Any = (context or {}).get("view")
    return list(view.get_serializer().fields) if hasattr(view, "get_serializer") else []


def _xml_name(key: str) -> str:
    name = _XML_NAME_ILLEGAL.sub("_", key) or "_"
    return name if name[0].isalpha() or name[0] == "_" else f"_{name}"
