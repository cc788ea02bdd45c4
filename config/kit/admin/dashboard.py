"""Parts of the dashboard: each app's admin/dashboard.py provides its own, config/dashboard.py orders them."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from config.kit.admin.urls import list_url

COUNTED_ROWS = 10_000
"""Larger numbers of rows are estimated."""


@dataclass(frozen=True)
class Tile:
    title: str
    count: int
    url: str
    is_estimate: bool = False


@dataclass(frozen=True)
class Alert:
    """Something that needs attention. Hidden while `count` is 0."""

    text: str
    count: int
    url: str


def can_view(request: HttpRequest, model: type[Model]) -> bool:
    return bool(request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"))


def bounded_count(rows: QuerySet[Any]) -> int:
    """The number of rows, at most COUNTED_ROWS + 1."""
    return rows.order_by()[: COUNTED_ROWS + 1].count()


def estimated_tile(title: str, model: type[Model]) -> Tile:
    """For large tables: above COUNTED_ROWS it shows PostgreSQL's estimate, as counting takes too long."""
    count = bounded_count(model._default_manager.all())
    if count <= COUNTED_ROWS:
        return Tile(title, count, list_url(model))
    return Tile(title, max(count, _estimate(model)), list_url(model), is_estimate=True)


def _estimate(model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        return int(cursor.fetchone()[0])
