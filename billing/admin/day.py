"""The day on the dashboard: takings, success, declines and doubt, each with the list of its payments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.choice import PERIODS, Choice, read_choice
from billing.admin.roll_up_rows import DAY, WEEK, Row, Sums, read_sums
from billing.admin.timeline import reason_text
from billing.models import Payment
from billing.services.roll_up import TAKEN
from billing.states import ENDED_STATES, PaymentState
from config.kit.admin.dashboard import can_view
from config.kit.lib.days import start_of, today
from config.kit.lib.money import format_money, round_to_minor

SHOWN = 8
"""Most rows of a table; the rest is summed up as others."""

LATE = timedelta(minutes=5)
"""Sums that are older are marked: the worker is late."""

AGES = (
    gettext_lazy("Over a day"),
    gettext_lazy("1 to 24 hours"),
    gettext_lazy("10 to 60 minutes"),
    gettext_lazy("Under 10 minutes"),
)
"""Of payments in doubt, between the limits of `_limits`."""
_ENDED = tuple(state.value for state in ENDED_STATES)
_LINE = {"today": "var(--color-primary-600)", "yesterday": "#0891b2", "week": "#a1a1aa"}


@dataclass(frozen=True)
class Slice:
    """A row of a table: texts, and the list of its payments."""

    name: str
    url: str
    count: int
    rate: str
    amount: str


@dataclass(frozen=True)
class Takings:
    name: str
    now: str
    """By this hour of the day."""
    whole: str
    url: str


def the_day(request: HttpRequest) -> dict[str, Any]:
    """The context of templates/admin/day.html; empty for those who may not see payments."""
    if not can_view(request, Payment):
        return {}
    choice = read_choice(request)
    limits = _limits()
    sums = read_sums(choice, limits)
    tables = {
        _("By POS"): list(_slices(choice, sums, "pos", "pos__id__exact", _("Received outside"))),
        _("By bank"): list(_slices(choice, sums, "bank", "card__bank__id__exact", _("Bank not known"))),
        _("By card family"): list(_slices(choice, sums, "card", "card__id__exact", _("Card not known"))),
        _("3-D Secure"): list(_slices(choice, sums, "three_d", "is_three_d__exact", "")),
    }
    return {
        "choice": choice,
        "periods": [
            (label, choice.address(period=name), name == choice.period) for name, label in PERIODS.items()
        ],
        "currencies": sorted({choice.currency, *(row.key or "" for row in sums.slices["currency"])}),
        "until": sums.until,
        "is_late": sums.until is None or timezone.now() - sums.until > LATE,
        "takings": list(_takings(choice, sums)),
        "chart": json.dumps(_chart(choice, sums)) if any(map(any, sums.hours.values())) else "",
        "hours": list(_hours(choice, sums)),
        "success": {title: rows for title, rows in tables.items() if rows},
        "overall": next((_slice(choice, row, _("All payments"), {}) for row in sums.slices["all"]), None),
        "declines": list(_declines(choice, sums)),
        "doubt": list(_doubt(choice, sums, limits)),
    }


def _limits() -> list[datetime]:
    now = timezone.now()
    return [now - DAY, now - timedelta(hours=1), now - timedelta(minutes=10)]


def _compared() -> dict[str, date]:
    now = today()
    return {"today": now, "yesterday": now - DAY, "week": now - WEEK}


def _day_name(name: str) -> str:
    return {"today": _("Today"), "yesterday": _("Yesterday"), "week": _("Same day last week")}[name]


def _takings(choice: Choice, sums: Sums) -> Iterator[Takings]:
    hour = timezone.localtime().hour
    for name, day in _compared().items():
        amounts = sums.hours[day]
        yield Takings(
            name=_day_name(name),
            now=format_money(sum(amounts[: hour + 1], Decimal(0)), choice.currency),
            whole="" if name == "today" else format_money(sum(amounts, Decimal(0)), choice.currency),
            url=_taken(choice, start_of(day), start_of(day + DAY)),
        )


def _taken(choice: Choice, start: datetime, end: datetime) -> str:
    return choice.payments(created_date__gte=start, created_date__lt=end, state__in=",".join(TAKEN))


def _hours(choice: Choice, sums: Sums) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The chart as a table: the hour, and for each day the amount with its payments."""
    for hour in range(24):
        cells = []
        for day in _compared().values():
            start = start_of(day) + timedelta(hours=hour)
            amount = format_money(sums.hours[day][hour], choice.currency)
            cells.append((amount, _taken(choice, start, start + timedelta(hours=1))))
        yield f"{hour:02}:00", cells


def _chart(choice: Choice, sums: Sums) -> dict[str, Any]:
    """For Unfold's line chart. Today's line ends with the present hour."""
    hour = timezone.localtime().hour
    lines = []
    for name, day in _compared().items():
        amounts = sums.hours[day][: hour + 1] if name == "today" else sums.hours[day]
        values = [float(round_to_minor(amount, choice.currency)) for amount in amounts]
        lines.append(
            {"label": _day_name(name), "data": values, "borderColor": _LINE[name], "displayYAxis": True}
        )
    return {"labels": [f"{hour:02}" for hour in range(24)], "datasets": lines}


def _slices(choice: Choice, sums: Sums, kind: str, lookup: str, nameless: str) -> Iterator[Slice]:
    rows = sums.slices[kind]
    for row in rows[:SHOWN]:
        name = row.name or nameless
        lookups: dict[str, object] = {lookup: row.key}
        if kind == "three_d":
            is_three_d = row.key == "true"
            name, lookups = _("With 3-D Secure") if is_three_d else _("Without"), {lookup: int(is_three_d)}
        elif row.key is None:
            lookups = {lookup.replace("__id__exact", "__isnull"): "True"}
        yield _slice(choice, row, name, lookups)
    if others := rows[SHOWN:]:
        yield Slice(
            _("%(count)s others") % {"count": len(others)}, "", sum(row.count for row in others), "", ""
        )


def _slice(choice: Choice, row: Row, name: str, lookups: dict[str, object]) -> Slice:
    return Slice(
        name=name,
        url=choice.payments(state__in=",".join((*TAKEN, *_ENDED)), **lookups),
        count=row.count,
        rate=f"{_percent(row.taken, row.count)}",
        amount=format_money(row.amount, choice.currency),
    )


def _percent(part: int, whole: int) -> str:
    return _("%(number)s%%") % {"number": f"{100 * part / whole:.0f}"} if whole else ""


def _declines(choice: Choice, sums: Sums) -> Iterator[Slice]:
    rows = sorted((row for row in sums.slices["reason"] if row.ended), key=lambda row: -row.ended)
    total = sum(row.ended for row in rows)
    for row in rows:
        yield Slice(
            name=reason_text(row.key or "") or _("No reason given"),
            url=choice.payments(state__in=",".join(_ENDED), reason__exact=row.key or ""),
            count=row.ended,
            rate=_percent(row.ended, total),
            amount="",
        )


def _doubt(choice: Choice, sums: Sums, limits: list[datetime]) -> Iterator[Slice]:
    """Of all days, the oldest first: a payment is in doubt until somebody knows."""
    ends = [start_of(date(2000, 1, 1)), *limits, limits[-1] + DAY]
    for row in sorted(sums.slices["doubt"], key=lambda row: (row.key or "", row.name or "")):
        place, currency = int(row.key or 0), row.name or ""
        url = choice.payments(
            state=PaymentState.UNKNOWN.value,
            currency__exact=currency,
            created_date__gte=ends[place],
            created_date__lt=ends[place + 1],
        )
        yield Slice(str(AGES[place]), url, row.taken, "", format_money(row.amount, currency))
