"""`page` from 1 and `limit` (default 10, at most 1,000); the envelope is count, next, previous, results."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class PageLimitPagination(PageNumberPagination):
    """A malformed page or limit is 400 with the parameter named; a page behind the last is 404."""

    page_size = 10
    max_page_size = 1000
    page_size_query_param = "limit"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        for name in (self.page_query_param, self.page_size_query_param):
            value = request.query_params.get(name, "1")
            if not (value.isascii() and value.isdigit() and int(value[:20]) > 0):
                raise ValidationError({name: ["A whole number from 1 is expected."]})
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request: Request) -> int:
        limit = request.query_params.get(self.page_size_query_param)
        return min(int(limit[:20]), self.max_page_size) if limit else self.page_size
