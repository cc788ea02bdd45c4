"""The state of things on one page: the readings of `/metrics` (config.kit.readings), and what of it needs somebody.

The limits are those of deploy/prometheus/alerts.yml.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import EventSubscription
from config.kit.identity.access import reach_of
from config.kit.readings import Reading, read_all
from payments.models import POS

PERMISSIONS = ("billing.view_payment", "billing.view_circuitbreaker", "billing.view_eventsubscription")


@dataclass(frozen=True)
class Shown:
    """How a reading is shown. Above `most`, or below `least`, somebody should look."""

    title: Any
    most: float | None = None
    least: float | None = None
    is_time: bool = False
    only: tuple[str, ...] = ()
    """Of several values only the one with these labels."""

    def is_bad(self, value: float) -> bool:
        return (self.most is not None and value > self.most) or (
            self.least is not None and value < self.least
        )


SHOWN = {
    "payments_in_doubt": Shown(
        gettext_lazy("Payments in doubt for more than 15 minutes"), most=0, only=("15m",)
    ),
    "payments_cases_open": Shown(gettext_lazy("Open cases")),
    "payments_breaker": Shown(gettext_lazy("Circuit breaker"), most=1),
    "payments_workers": Shown(gettext_lazy("Workers that are alive"), least=1),
    "payments_jobs_waiting": Shown(gettext_lazy("Jobs that wait")),
    "payments_jobs_lag_seconds": Shown(gettext_lazy("The oldest job has waited for"), most=300, is_time=True),
    "payments_hub_waiting": Shown(gettext_lazy("Events that wait")),
    "payments_hub_lag_seconds": Shown(
        gettext_lazy("The oldest event has waited for"), most=3600, is_time=True
    ),
    "payments_hub_failed": Shown(gettext_lazy("Events that could not be delivered")),
    "payments_statement_age_days": Shown(gettext_lazy("Days since the last statement"), most=4),
    "payments_sums_age_seconds": Shown(
        gettext_lazy("The dashboard's sums are as old as"), most=300, is_time=True
    ),
    "payments_database_connections": Shown(gettext_lazy("Connections to the database")),
    "payments_database_connections_most": Shown(gettext_lazy("Connections that it allows")),
}
BREAKER = (gettext_lazy("Closed"), gettext_lazy("Half-open"), gettext_lazy("Open"))


def may_see_health(request: HttpRequest) -> bool:
    """It is of the whole installation: not for those who are for some channels."""
    return request.user.has_perms(PERMISSIONS) and reach_of(request.user).channels is None


def health(request: HttpRequest) -> HttpResponse:
    if not may_see_health(request):
        raise PermissionDenied
    rows = list(_rows(read_all()))
    bad = sum(any(cell["is_bad"] for cell in row["cells"]) for row in rows)
    context = {
        **admin.site.each_context(request),
        "title": _("Health"),
        "headings": [_("What"), _("Of"), _("Now")],
        "rows": rows,
        "explanation": _("%(count)s of these need somebody.") % {"count": bad} if bad else _("All is well."),
    }
    return TemplateResponse(request, "admin/billing/figures.html", context)


def _rows(readings: list[Reading]) -> Iterator[dict[str, Any]]:
    found = {reading.name: reading for reading in readings}
    for name, shown in SHOWN.items():
        reading = found.get(name, Reading(name, ""))
        for labels, value in sorted(reading.values):
            if shown.only in ((), labels):
                text, link = ("", "") if shown.only else _of(reading, labels)
                yield _row(shown, text, link, _value(name, shown, value), shown.is_bad(value))


def _row(shown: Shown, of: str, link: str, value: str, is_bad: bool) -> dict[str, Any]:
    return {
        "cells": [
            {"text": shown.title, "is_bad": is_bad},
            {"text": of, "link": link, "is_bad": False},
            {"text": value, "is_number": True, "is_bad": is_bad},
        ]
    }


def _value(name: str, shown: Shown, value: float) -> str:
    if name == "payments_breaker":
        return str(BREAKER[int(value)])
    if shown.is_time:
        now = timezone.now()
        return timesince(now - timedelta(seconds=value), now)
    return number_format(int(value))


def _of(reading: Reading, labels: tuple[str, ...]) -> tuple[str, str]:
    """What a row is about, and its page."""
    if reading.labels == ("pos",):
        pos = POS.objects.filter(pk=labels[0]).first()
        return str(pos or labels[0]), reverse("admin:payments_pos_change", args=labels)
    if reading.labels == ("listener",):
        client = EventSubscription.objects.filter(pk=labels[0]).values_list("client", flat=True).first()
        return str(client or labels[0]), reverse("admin:billing_eventsubscription_change", args=labels)
    return " ".join(labels), ""
