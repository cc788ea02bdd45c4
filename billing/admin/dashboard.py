"""Billing's part of the dashboard."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateWorker

from billing.admin.breakers import OPEN
from billing.models import (
    Bill,
    Case,
    CircuitBreaker,
    Delivery,
    DeliveryState,
    Payment,
    Refund,
    Settlement,
    SettlementState,
)
from billing.states import PaymentState, RefundState
from config.kit.admin.dashboard import Alert, Tile, can_view
from config.kit.admin.urls import list_url

LATE_DELIVERY = timedelta(minutes=5)


def tiles(request: HttpRequest) -> Iterator[Tile]:
    if can_view(request, Payment):
        yield Tile(_("Payments"), Payment)
    if can_view(request, Bill):
        yield Tile(_("Bills"), Bill)


def alerts(request: HttpRequest) -> Iterator[Alert]:
    if can_view(request, Case):
        cases = Case.objects.filter(closed_at=None)
        text = _("Open cases: the outcome of these payments must be decided manually.")
        yield Alert(text, cases, f"{list_url(Case)}?is_open=yes")
    if can_view(request, Refund):
        waiting = Refund.objects.filter(state=RefundState.WAITING)
        text = _("Refunds waiting for approval by a different user.")
        yield Alert(text, waiting, f"{list_url(Refund)}?state__exact=waiting")
    if can_view(request, Settlement):
        settlements = Settlement.objects.filter(state=SettlementState.WAITING)
        text = _("Manual settlements waiting for approval by a different user.")
        yield Alert(text, settlements, f"{list_url(Settlement)}?state__exact=waiting")
    if can_view(request, Payment):
        unknown = Payment.objects.filter(state=PaymentState.UNKNOWN)
        text = _("Payments with an unknown outcome: the bank is being asked.")
        yield Alert(text, unknown, f"{list_url(Payment)}?state=unknown")
    if can_view(request, CircuitBreaker):
        text = _("POS whose bank does not answer: they are not called at the moment.")
        yield Alert(text, CircuitBreaker.objects.filter(OPEN), f"{list_url(CircuitBreaker)}?status=open")
    yield from _machinery(request)


def _machinery(request: HttpRequest) -> Iterator[Alert]:
    """Worker and hub."""
    now = timezone.now()
    seen = ProcrastinateWorker.objects.filter(
        last_heartbeat__gte=now - timedelta(seconds=settings.WORKER_SEEN_SECONDS)
    )
    text = _("No worker is running: status queries, scheduled refunds and events wait.")
    yield Alert(text, seen, is_absence=True)
    if can_view(request, Delivery):
        late = Delivery.objects.filter(state=DeliveryState.WAITING, next_attempt_at__lt=now - LATE_DELIVERY)
        yield Alert(
            _("Events that should have been delivered by now."),
            late,
            f"{list_url(Delivery)}?state__exact=waiting",
        )
        dead = Delivery.objects.filter(state=DeliveryState.DEAD)
        yield Alert(_("Events that could not be delivered."), dead, f"{list_url(Delivery)}?state__exact=dead")
