"""Billing's part of the dashboard."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.admin.breakers import OPEN
from billing.models import Bill, Case, CircuitBreaker, Payment, Refund, Settlement, SettlementState
from billing.states import PaymentState, RefundState
from config.kit.admin.dashboard import Alert, Tile, bounded_count, can_view, estimated_tile
from config.kit.admin.urls import list_url


def tiles(request: HttpRequest) -> Iterator[Tile]:
    if can_view(request, Payment):
        yield estimated_tile(_("Payments"), Payment)
    if can_view(request, Bill):
        yield estimated_tile(_("Bills"), Bill)


def alerts(request: HttpRequest) -> Iterator[Alert]:
    if can_view(request, Case):
        cases = Case.objects.filter(closed_at=None)
        text = _("Open cases: the outcome of these payments must be decided manually.")
        yield Alert(text, bounded_count(cases), f"{list_url(Case)}?is_open=yes")
    if can_view(request, Refund):
        waiting = Refund.objects.filter(state=RefundState.WAITING)
        text = _("Refunds waiting for approval by a different user.")
        yield Alert(text, bounded_count(waiting), f"{list_url(Refund)}?state__exact=waiting")
    if can_view(request, Settlement):
        settlements = Settlement.objects.filter(state=SettlementState.WAITING)
        text = _("Manual settlements waiting for approval by a different user.")
        yield Alert(text, bounded_count(settlements), f"{list_url(Settlement)}?state__exact=waiting")
    if can_view(request, Payment):
        unknown = Payment.objects.filter(state=PaymentState.UNKNOWN)
        text = _("Payments with an unknown outcome: the bank is being asked.")
        yield Alert(text, bounded_count(unknown), f"{list_url(Payment)}?state=unknown")
    if can_view(request, CircuitBreaker):
        text = _("POS whose bank does not answer: they are not called at the moment.")
        unanswered = CircuitBreaker.objects.filter(OPEN)
        yield Alert(text, bounded_count(unanswered), f"{list_url(CircuitBreaker)}?status=open")
