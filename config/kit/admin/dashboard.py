"""What the first page is made of; each app says what it has, config/dashboard.py in which order it stands."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

COUNTED_ROWS = 10_000


@dataclass(frozen=True)
class Tile:
    title: str
    count: int
    url: str
    is_estimate: bool = False


@dataclass(frozen=True)
class Attention:
    """Something that needs a person; nothing is shown where the count is 0."""

    text: str
    count: int
    url: str


def may_see(request: HttpRequest, model: Any) -> bool:
    return bool(request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"))


def list_url(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def large_tile(title: str, model: Any) -> Tile:
    """Exact as long as that is cheap, else PostgreSQL's own idea: counting a million rows takes a second."""
    count = model._default_manager.order_by()[: COUNTED_ROWS + 1].count()
    if count <= COUNTED_ROWS:
        return Tile(title, count, list_url(model))
    return Tile(title, max(count, _estimate(model)), list_url(model), is_estimate=True)


def _estimate(model: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        return int(cursor.fetchone()[0])
