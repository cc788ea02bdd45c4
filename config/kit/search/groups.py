"""What is found, by kind. Each app's admin/search.py yields its groups, config/search.py orders them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from config.kit.lib.folding import has_words
from config.kit.search.terms import Term

SHOWN = 6
"""Most rows of a group."""


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """Nothing is looked up before `find` is called."""

    title: str
    icon: str
    find: Callable[[Term], Iterable[Hit]]


def rows_for(request: HttpRequest, model: type[models.Model]) -> models.QuerySet[Any] | None:
    """The rows that the viewer's pages show, within the viewer's channels. None: the viewer may see none of them.

    Without the pages' joins: with six of them the planner merges whole tables. Prefetch what large tables refer to.
    """
    page = admin.site.get_model_admin(model)
    if not page.has_view_permission(request):
        return None
    rows: models.QuerySet[Any] = page.get_queryset(request)
    return rows.select_related(None).order_by()


def named(rows: models.QuerySet[Any], term: Term, *columns: Any) -> models.QuerySet[Any]:
    """Rows of a small table by the words of these columns, together."""
    if not term.names:
        return rows.none()
    text: Any = columns[0]
    if len(columns) > 1:
        spaced = [part for column in columns for part in (column, models.Value(" "))]
        text = models.functions.Concat(*spaced, output_field=models.TextField())
    return rows.filter(has_words(text, term.names)).order_by("pk")
