"""Rows on their parent's page: one page of them with search, whatever their number."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from config.kit.admin.paginator import ForgivingPaginator


class RowsOfParent(ModelAdmin):
    """How a tab (unfold's dataset) lists the rows; not registered, so it has no pages of its own."""

    parent: ClassVar[str]
    """The rows' foreign key to the page's object."""
    paginator = ForgivingPaginator
    show_full_result_count = False
    list_per_page = 20
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        key = str(self.extra_context.get("object") or "")
        rows = super().get_queryset(request)
        return rows.filter(**{self.parent: int(key)}) if key.isdecimal() and len(key) < 19 else rows.none()
