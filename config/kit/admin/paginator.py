"""Pages of a large table without counting it."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):
    """Counts and pages through the first `bound` rows only; a longer list asks for a filter or a search.

    The count reads at most `bound + 1` rows, so a list of a million rows opens like one of ten thousand.
    """

    template_name = "admin/pagination_bounded.html"
    bound = 10_000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_cut = False

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        # The order makes no difference to a number and costs a sort.
        found = rows.order_by()[: self.bound + 1].count()
        self.is_cut = found > self.bound
        return min(found, self.bound)


class ForgivingPaginator(BoundedPaginator):
    """For a list inside another page: a page number that does not exist shows the nearest one."""

    def validate_number(self, number: Any) -> int:
        return min(max(int(number), 1), self.num_pages)
