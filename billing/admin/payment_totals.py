"""Above the payments list: the days that are asked for most, and the totals of what the filters select."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from billing.admin.payment_filters import PeriodFilter
from billing.models import Payment
from config.kit.lib.money import format_money


@dataclass(frozen=True)
class Total:
    """Of one currency; amounts are texts."""

    count: int
    amount: str
    captured: str
    refunded: str


class PaymentTotalsMixin(ModelAdmin):
    list_before_template = "admin/billing/payment_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context |= {"periods": _periods(context["cl"]), "totals": _totals(context["cl"])}
        return response


def _totals(changelist: ChangeList) -> list[Total] | None:
    """None beyond the rows that the list counts: a part's total would be taken for the whole."""
    if changelist.paginator.is_cut:
        return None
    bounded = changelist.queryset.order_by().values("pk")[: changelist.paginator.bound + 1]
    rows = Payment.objects.filter(pk__in=bounded).order_by("currency").values("currency")
    sums = rows.annotate(
        count=Count("pk"),
        asked=Sum("amount"),
        captured=Sum("captured_amount"),
        refunded=Sum("refunded_amount"),
    )
    return [
        Total(
            count=row["count"],
            amount=format_money(row["asked"], row["currency"]),
            captured=format_money(row["captured"], row["currency"]),
            refunded=format_money(row["refunded"], row["currency"]),
        )
        for row in sums
    ]


def _periods(changelist: ChangeList) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is chosen: the link of the chosen one takes it back."""
    links = []
    for spec in changelist.filter_specs:
        if isinstance(spec, PeriodFilter):
            for value, label in spec.lookup_choices:
                is_chosen = spec.value() == value
                wanted = {spec.parameter_name: None if is_chosen else value}
                links.append(
                    (label, changelist.get_query_string(wanted, remove=["created_date_"]), is_chosen)
                )
    return links
