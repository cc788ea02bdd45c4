"""Related rows on an object's page: paginated tabs (unfold's datasets)."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.datasets import BaseDataset

from config.kit.admin.paginator import NearestPagePaginator
from config.kit.identity.access import reach_of

MAX_KEY_DIGITS = 18
"""Longer numbers do not fit into bigint."""


class RelatedRows(ModelAdmin):
    """How a tab lists its rows. Not registered, so it has no pages of its own."""

    parent: ClassVar[str]
    """Name of the rows' foreign key to the page's object, for example `account_id`."""
    paginator = NearestPagePaginator
    show_full_result_count = False
    list_per_page = 20
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        key = str(self.extra_context.get("object") or "")
        rows = super().get_queryset(request)
        if not key.isdecimal() or len(key) > MAX_KEY_DIGITS:
            return rows.none()
        return self.of_parent(reach_of(request.user).limit(rows), int(key))

    def of_parent(self, rows: models.QuerySet[Any], key: int) -> models.QuerySet[Any]:
        return rows.filter(**{self.parent: key})


class RowsTab(BaseDataset):
    """A tab on an object's page. Subclasses set `model` and `model_admin` (a RelatedRows)."""

    tab = True
    permission: ClassVar[str] = ""
    """`app_label.codename`; the permission to view the model where empty."""

    @classmethod
    def view_permission(cls) -> str:
        meta = cls.model._meta
        return cls.permission or f"{meta.app_label}.view_{meta.model_name}"
