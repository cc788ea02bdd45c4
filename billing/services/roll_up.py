"""Keeps the sums of the dashboard: each minute, the hours and days of the payments that have changed are summed again.

Summing again instead of adding: a payment changes its state, and a trigger that adds would make all payments of an hour
wait for one row.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from billing.models import RollUp
from billing.states import CAPTURED_STATES, PaymentState
from config.kit.lib.days import bounds, day_of, start_of, today

FIRST_DAYS = 35
"""How far the first run goes back."""

OVERLAP = timedelta(minutes=10)
"""A payment may be committed that long after its `modified_date`."""

TAKEN = tuple(state.value for state in CAPTURED_STATES if state is not PaymentState.VOIDED)

_CHANGED = """
    SELECT DISTINCT date_trunc('hour', created_date, %(zone)s) FROM billing_payment WHERE modified_date >= %(since)s
"""
_HOURS = """
    INSERT INTO billing_hourtakings (hour, channel_id, currency, count, amount)
    SELECT span.hour, payment.channel_id, payment.currency, count(*), sum(payment.captured_amount)
    FROM unnest(%(hours)s::timestamptz[]) AS span (hour)
    JOIN billing_payment AS payment
        ON payment.created_date >= span.hour AND payment.created_date < span.hour + interval '1 hour'
    WHERE payment.state = ANY(%(taken)s)
    GROUP BY 1, 2, 3
"""
_DAYS = """
    INSERT INTO billing_dayoutcomes
        (day, channel_id, pos_id, card_id, currency, is_three_d, state, reason, count, amount)
    SELECT span.day, payment.channel_id, payment.pos_id, payment.card_id, payment.currency, payment.is_three_d,
           payment.state, payment.reason, count(*),
           coalesce(sum(payment.captured_amount) FILTER (WHERE payment.state = ANY(%(taken)s)), 0)
    FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS span (day, start, stop)
    JOIN billing_payment AS payment
        ON payment.created_date >= span.start AND payment.created_date < span.stop
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


def roll_up() -> int:
    """Sum what has changed since the last run; the first one sums FIRST_DAYS. Returns the number of hours."""
    RollUp.objects.get_or_create(pk=1)
    with transaction.atomic(), connection.cursor() as cursor:
        state = RollUp.objects.select_for_update().get(pk=1)
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
        hours = _hours_to_sum(cursor, state.until)
        _sum_hours(cursor, hours)
        _sum_days(cursor, sorted({day_of(hour) for hour in hours}))
        RollUp.objects.filter(pk=1).update(until=now)
    return len(hours)


def _hours_to_sum(cursor: Any, until: datetime | None) -> list[datetime]:
    if until is None:
        first = start_of(today() - timedelta(days=FIRST_DAYS))
        return [first + timedelta(hours=hour) for hour in range(24 * (FIRST_DAYS + 1) + 1)]
    cursor.execute(_CHANGED, {"zone": settings.CHANNEL_TIME_ZONE, "since": until - OVERLAP})
    return sorted(hour for (hour,) in cursor.fetchall())


def _sum_hours(cursor: Any, hours: list[datetime]) -> None:
    cursor.execute("DELETE FROM billing_hourtakings WHERE hour = ANY(%s)", [hours])
    cursor.execute(_HOURS, {"hours": hours, "taken": list(TAKEN)})


def _sum_days(cursor: Any, days: list[date]) -> None:
    spans = [bounds(day) for day in days]
    cursor.execute("DELETE FROM billing_dayoutcomes WHERE day = ANY(%s)", [days])
    values = {
        "days": days,
        "starts": [start for start, _end in spans],
        "ends": [end for _start, end in spans],
        "taken": list(TAKEN),
    }
    cursor.execute(_DAYS, values)
