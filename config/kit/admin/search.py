"""Search boxes that look up whole values, which indexes serve however large the table is."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin


def clean_term(text: str) -> str:
    """Without white space around it and without NUL, which PostgreSQL's text cannot hold."""
    return text.replace("\0", "").strip()


class TermSearchMixin(ModelAdmin):
    """Passes the whole search text to `matches`; an empty one selects all rows."""

    search_fields = ("pk",)  # shows the search box; `matches` decides what is searched

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = clean_term(search_term)
        return (queryset.filter(self.matches(term)) if term else queryset), False

    def matches(self, term: str) -> Q:
        raise NotImplementedError
