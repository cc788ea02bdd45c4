"""Pagination of large tables without counting them."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):
    """Counts at most `bound + 1` rows and pages through the first `bound`. Longer lists need a filter or a search."""

    template_name = "admin/pagination_bounded.html"
    bound = 10_000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_cut = False

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        # Ordering would cost a sort and not change the count.
        found = rows.order_by()[: self.bound + 1].count()
        self.is_cut = found > self.bound
        return min(found, self.bound)


class NearestPagePaginator(BoundedPaginator):
    """For tabs on another page: an invalid page number shows the nearest page."""

    def validate_number(self, number: Any) -> int:
        return min(max(int(number), 1), self.num_pages)
