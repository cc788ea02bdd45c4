"""What the first page says of the money."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.models import Bill, Case, Payment, Refund
from billing.states import PaymentState, RefundState
from config.kit.admin.dashboard import COUNTED_ROWS, Attention, Tile, large_tile, list_url, may_see


def tiles(request: HttpRequest) -> Iterator[Tile]:
    if may_see(request, Payment):
        yield large_tile(_("Payments"), Payment)
    if may_see(request, Bill):
        yield large_tile(_("Bills"), Bill)


def warnings(request: HttpRequest) -> Iterator[Attention]:
    if may_see(request, Case):
        cases = Case.objects.filter(closed_at=None)
        text = _("Open cases: the bank does not tell, and a person has to settle it.")
        yield Attention(text, _bounded(cases), f"{list_url(Case)}?is_open=yes")
    if may_see(request, Refund):
        waiting = Refund.objects.filter(state=RefundState.WAITING)
        text = _("Refunds that wait for a second person.")
        yield Attention(text, _bounded(waiting), f"{list_url(Refund)}?state__exact=waiting")
    if may_see(request, Payment):
        unknown = Payment.objects.filter(state=PaymentState.UNKNOWN)
        text = _("Payments in doubt: the bank is being asked.")
        yield Attention(text, _bounded(unknown), f"{list_url(Payment)}?state=unknown")


def _bounded(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: COUNTED_ROWS + 1].count()
