"""Export of the filtered list: CSV of any size, XLSX of up to XLSX_ROWS rows."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from unfold.admin import ModelAdmin
from unfold.decorators import action

from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.lib.spreadsheet import escape_formula

XLSX_ROWS = 100_000
CHUNK = 2_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Line:
    """File-like target for csv.writer that returns each line."""

    def write(self, text: str) -> str:
        return text


class _RelatedNames:
    """Names of related objects, read once for each object instead of once for each row."""

    def __init__(self, fields: list[Any]) -> None:
        self._columns = {place: field for place, field in enumerate(fields) if field.is_relation}
        self._known: dict[Any, dict[Any, str]] = {field: {} for field in self._columns.values()}

    def learn(self, rows: list[tuple[Any, ...]]) -> None:
        for place, field in self._columns.items():
            known = self._known[field]
            new = {row[place] for row in rows} - known.keys() - {None}
            if new:
                found = field.related_model._default_manager.in_bulk(new)
                known.update((key, str(instance)) for key, instance in found.items())

    def of(self, field: Any, value: Any) -> Any:
        return self._known[field].get(value, value) if field.is_relation else value


class ExportMixin(ModelAdmin):
    """CSV and Excel buttons above the list. They export all pages of what the list shows."""

    export_exclude: tuple[str, ...] = ()
    """Fields that are never exported, such as secrets."""

    actions_list = ["export_csv", "export_xlsx"]

    @action(
        description=gettext_lazy("CSV"), icon="download", permissions=["view"], attrs={"data-export": "csv"}
    )
    def export_csv(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        try:
            rows = self.export_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{self._list_url()}?e=1")
        self._record_export(request, "csv")
        writer = csv.writer(_Line())
        # Excel recognizes UTF-8 only by its byte order mark.
        lines = (writer.writerow(row) for row in self.export_rows(rows))
        response = StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self._export_name()}.csv"'
        return response

    @action(
        description=gettext_lazy("Excel"),
        icon="download",
        permissions=["view"],
        attrs={"data-export": "xlsx"},
    )
    def export_xlsx(self, request: HttpRequest) -> HttpResponse | FileResponse:
        try:
            rows = self.export_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{self._list_url()}?e=1")
        if rows.order_by()[: XLSX_ROWS + 1].count() > XLSX_ROWS:
            text = _("Excel exports are limited to %(limit)s rows. Export as CSV, or filter the list first.")
            messages.error(request, text % {"limit": f"{XLSX_ROWS:,}"})
            return HttpResponseRedirect(f"{self._list_url()}?{request.GET.urlencode()}")
        self._record_export(request, "xlsx")
        book = Workbook(write_only=True)
        sheet = book.create_sheet(self._export_name())
        for row in self.export_rows(rows):
            sheet.append(row)
        file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response
        book.save(file)
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename=f"{self._export_name()}.xlsx", content_type=XLSX_TYPE
        )

    def _record_export(self, request: HttpRequest, form: str) -> None:
        told = {"format": form, "filters": request.GET.urlencode()}
        record(Action.EXPORTED, name=self.model._meta.label_lower, after=told)

    def export_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The list's rows with the request's filters, search and order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_changelist_instance(request).get_queryset(request).select_related(None)

    def export_fields(self) -> list[Any]:
        return [field for field in self.model._meta.concrete_fields if field.name not in self.export_exclude]

    def export_rows(self, rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
        fields = self.export_fields()
        yield [escape_formula(str(field.verbose_name)) for field in fields]
        names = _RelatedNames(fields)
        found = rows.values_list(*(field.attname for field in fields)).iterator(chunk_size=CHUNK)
        while chunk := list(islice(found, CHUNK)):
            names.learn(chunk)
            for row in chunk:
                yield [_cell(names.of(field, value)) for field, value in zip(fields, row, strict=True)]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        query = request.GET.urlencode()
        context = getattr(response, "context_data", None) or {}
        for item in context.get("actions_list", []) if query else []:
            if "data-export" in (item.get("attrs") or {}):
                item["path"] = f"{item['path']}?{query}"
        return response

    def _export_name(self) -> str:
        return str(self.model._meta.model_name)

    def _list_url(self) -> str:
        meta = self.model._meta
        return reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_changelist")


def _with_mark(lines: Iterable[str]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    lines = iter(lines)
    while block := "".join(islice(lines, CHUNK)):
        yield block.encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()  # dates in workbooks have no time zone
    if value is None or isinstance(value, (bool, int, Decimal)):
        return value
    if isinstance(value, (dict, list)):
        return escape_formula(json.dumps(value, ensure_ascii=False))
    return escape_formula(str(value))
