"""Parts of the dashboard: each app's admin/dashboard.py provides its own, config/dashboard.py orders them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from config.kit.admin.urls import list_url
from config.kit.identity.access import Reach

COUNTED_ROWS = 10_000
"""Larger numbers of rows are estimated."""


@dataclass
class Tile:
    """Number of rows of a model; for large tables PostgreSQL's estimate, as counting takes too long."""

    title: str
    model: type[Model]
    count: int = 0
    is_estimate: bool = False

    @property
    def url(self) -> str:
        return list_url(self.model)


@dataclass
class Alert:
    """Something that needs attention. Hidden while `count` is 0. Without `url` there is no list of it."""

    text: str
    rows: QuerySet[Any] | int
    """What is counted, or the number."""
    url: str = ""
    count: int = 0
    is_absence: bool = False
    """Shown where there are no rows."""


def can_view(request: HttpRequest, model: type[Model]) -> bool:
    return bool(request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"))


def count_all(alerts: Sequence[Alert], tiles: Sequence[Tile], reach: Reach) -> None:
    """Set the counts of all rows within `reach`, in one statement; each is at most COUNTED_ROWS + 1."""
    rows = [alert.rows for alert in alerts if not isinstance(alert.rows, int)]
    rows += [tile.model._default_manager.all() for tile in tiles]
    is_limited = reach.channels is not None
    tables = [] if is_limited else [tile.model._meta.db_table for tile in tiles]
    counts = iter(_counts([reach.limit(found) for found in rows], tables))
    for alert in alerts:
        alert.count = alert.rows if isinstance(alert.rows, int) else next(counts)
        if alert.is_absence:
            alert.count = int(not alert.count)
    for tile in tiles:
        tile.count = next(counts)
    for tile in tiles:
        estimate = 0 if is_limited else next(counts)
        if tile.count > COUNTED_ROWS:
            tile.count, tile.is_estimate = max(tile.count, estimate), True


def _counts(rows: Iterable[QuerySet[Any]], tables: list[str]) -> list[int]:
    """The numbers of rows, then the estimates of the tables."""
    parts: list[str] = []
    values: list[Any] = []
    for found in rows:
        try:
            sql, parameters = found.order_by().values("pk")[: COUNTED_ROWS + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, parameters = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  # Django's own SQL
        values += parameters
    for table in tables:
        parts.append("(SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass)")
        values.append(table)
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return [int(count) for count in cursor.fetchone()]
