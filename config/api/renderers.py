"""CSV, XLS and XML out. What a user typed is data: no cell becomes a formula, no key becomes markup."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from rest_framework_csv.renderers import PaginatedCSVRenderer
from rest_framework_xml.renderers import XMLRenderer as BaseXMLRenderer

from config.lib.spreadsheet import neutralise

_XML_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAME_ILLEGAL = re.compile(r"[^\w.-]")


class CSVRenderer(PaginatedCSVRenderer):
    """A row an object, columns in the order of the answer's fields; nested JSON becomes dotted columns."""

    def tablize(self, data: Any, header: Any = None, labels: Any = None) -> Iterator[list[Any]]:
        rows = [dict(row) for row in self.flatten_data(data)]
        columns = header or list(dict.fromkeys(name for row in rows for name in row))
        if columns:
            yield [neutralise(labels.get(name, name) if labels else name) for name in columns]
        for row in rows:
            yield [neutralise(row.get(name)) for name in columns]

    def render(self, data: Any, media_type: str | None = None, renderer_context: Any = None, **kwargs: Any) -> bytes:
        return super().render(data, media_type, with_header(data, renderer_context), **kwargs)


class XLSRenderer(CSVRenderer):
    """The same table as a workbook (Office Open XML, as today's spreadsheets read under the contract's type)."""

    media_type = "application/xls"
    format = "xls"
    charset = None
    render_style = "binary"

    def render(self, data: Any, media_type: str | None = None, renderer_context: Any = None, **kwargs: Any) -> bytes:
        context = with_header(data, renderer_context)
        rows = data.get(self.results_field, [data]) if isinstance(data, Mapping) else data
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet("Data")
        for row in self.tablize(rows or [], header=context.get("header")):
            sheet.append([str(value) if isinstance(value, (list, dict)) else value for value in row])
        file = BytesIO()
        workbook.save(file)
        return file.getvalue()


class XMLRenderer(BaseXMLRenderer):
    """DRF-XML's, with element names and characters that XML allows, whatever a config's keys are."""

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


def with_header(data: Any, context: Mapping[str, Any] | None) -> dict[str, Any]:
    """The context with a header of the view's fields where there is no row to take it from."""
    context = dict(context or {})
    empty = isinstance(data, Mapping) and data.get("results") == []
    if empty and hasattr(context.get("view"), "get_serializer"):
        context["header"] = list(context["view"].get_serializer().fields)
    return context


def _xml_name(key: str) -> str:
    name = _XML_NAME_ILLEGAL.sub("_", key) or "_"
    return name if name[0].isalpha() or name[0] == "_" else f"_{name}"
