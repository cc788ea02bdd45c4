"""CSV, XLS and XML answers. User input never becomes a formula or markup."""

import csv
import re
from collections.abc import Iterator, Mapping
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from rest_framework.renderers import JSONRenderer as BaseJSONRenderer
from rest_framework_csv.renderers import CSVRenderer as BaseCSVRenderer
from rest_framework_xml.renderers import XMLRenderer as BaseXMLRenderer

from config.kit.lib.spreadsheet import escape_formula

MAX_SHEET_COLUMNS = 16_384
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


class CSVRenderer(BaseCSVRenderer):
    """One row per object, columns in the order of the fields; nested JSON becomes dotted columns."""

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
        rows = list(self.flatten_data(data))
        columns = header or list(dict.fromkeys(name for row in rows for name in row))
        if columns:
            yield [escape_formula(name) for name in columns]
        for row in rows:
            yield [escape_formula(row.get(name)) for name in columns]


class XLSRenderer(CSVRenderer):
    """The same table as an Office Open XML workbook, under the media type that the contract names.

    Columns beyond the 16,384 that a sheet can hold are left out.
    """

    media_type = "application/xls"
    format = "xls"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, media_type: str | None = None, renderer_context: Any = None, **_: Any
    ) -> bytes:
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet("Data")
        for row in self.table(data, renderer_context):
            sheet.append(row[:MAX_SHEET_COLUMNS])
        file = BytesIO()
        workbook.save(file)
        return file.getvalue()


class XMLRenderer(BaseXMLRenderer):
    """DRF-XML's, with element names and characters that XML allows for any key."""

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


def _header_of(context: Mapping[str, Any] | None) -> list[str]:
    """The view's fields, for an empty list."""
    view: Any = (context or {}).get("view")
    return list(view.get_serializer().fields) if hasattr(view, "get_serializer") else []


def _xml_name(key: str) -> str:
    name = _XML_NAME_ILLEGAL.sub("_", key) or "_"
    return name if name[0].isalpha() or name[0] == "_" else f"_{name}"
