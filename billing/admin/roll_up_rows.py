"""Reads the sums of the dashboard (billing.services.roll_up) and what is in doubt now, in one statement."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.admin.choice import Choice
from billing.services.roll_up import TAKEN
from billing.states import ENDED_STATES
from config.kit.lib.days import day_of, default_zone, start_of, today

WEEK, DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """Finished payments of one POS, bank, card, reason …: `key` is its id or name, None for those without one."""

    key: str | None
    name: str | None
    taken: int
    ended: int
    """Declined or failed."""
    amount: Decimal

    @property
    def count(self) -> int:
        return self.taken + self.ended


@dataclass
class Sums:
    until: datetime | None = None
    """None: no worker has made the sums yet."""
    hours: dict[date, list[Decimal]] = field(default_factory=dict)
    """What was taken in each hour of a day."""
    slices: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """By `pos`, `bank`, `card`, `three_d`, `reason` and `all`, and the currencies of the last week as `currency`.

    `doubt`: `key` is the place among the ages, `name` the currency, `taken` the number."""


_SUMS = """
    SELECT 'until' AS kind, NULL::text AS key, NULL::text AS name, NULL::bigint AS taken, NULL::bigint AS ended,
           extract(epoch FROM until) AS amount
    FROM billing_rollup
    UNION ALL
    SELECT 'hour', extract(epoch FROM hour)::bigint::text, NULL, sum(count), 0, sum(amount)
    FROM billing_hourtakings
    WHERE hour >= %(since)s AND hour < %(end)s AND channel_id = ANY(%(channels)s) AND currency = %(currency)s
    GROUP BY hour
    UNION ALL
    SELECT CASE GROUPING(pos.id, bank.id, card.id, is_three_d, reason)
               WHEN 15 THEN 'pos' WHEN 23 THEN 'bank' WHEN 27 THEN 'card' WHEN 29 THEN 'three_d' WHEN 30 THEN 'reason'
               ELSE 'all' END,
           coalesce(pos.id::text, bank.id::text, card.id::text, is_three_d::text, reason),
           CASE GROUPING(pos.id, bank.id, card.id, is_three_d, reason)
               WHEN 15 THEN min(pos.name) WHEN 23 THEN min(bank.name) WHEN 27 THEN min(card.name) END,
           coalesce(sum(count) FILTER (WHERE state = ANY(%(taken)s)), 0),
           coalesce(sum(count) FILTER (WHERE state = ANY(%(ended)s)), 0),
           sum(amount)
    FROM billing_dayoutcomes AS sums
    LEFT JOIN payments_pos AS pos ON pos.id = sums.pos_id
    LEFT JOIN payments_card AS card ON card.id = sums.card_id
    LEFT JOIN payments_bank AS bank ON bank.id = card.bank_id
    WHERE day >= %(first)s AND day <= %(last)s AND sums.channel_id = ANY(%(channels)s)
          AND sums.currency = %(currency)s
    GROUP BY GROUPING SETS ((pos.id), (bank.id), (card.id), (is_three_d), (reason), ())
    UNION ALL
    SELECT DISTINCT 'currency', currency, currency, 1::bigint, 0::bigint, 0::numeric
    FROM billing_hourtakings WHERE hour >= %(since)s AND channel_id = ANY(%(channels)s)
    UNION ALL
    SELECT 'doubt', width_bucket(created_date, %(ages)s::timestamptz[])::text, currency, count(*), 0, sum(amount)
    FROM billing_payment WHERE state = 'unknown' AND channel_id = ANY(%(channels)s)
    GROUP BY 2, 3
"""


def read_sums(choice: Choice, ages: list[datetime]) -> Sums:
    """`ages`, ascending, part the payments in doubt, which are of all days and currencies."""
    now = today()
    values: dict[str, Any] = {
        "since": start_of(now - WEEK),
        "end": start_of(now + DAY),
        "first": choice.first,
        "last": choice.last,
        "channels": choice.channel_ids,
        "currency": choice.currency,
        "ages": ages,
        "taken": list(TAKEN),
        "ended": [state.value for state in ENDED_STATES],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        return _read(cursor.fetchall())


def _read(rows: list[tuple[Any, ...]]) -> Sums:
    sums = Sums(hours={today() - ago: [Decimal(0)] * 24 for ago in (timedelta(0), DAY, WEEK)})
    for kind, key, name, taken, ended, amount in rows:
        if kind == "until":
            sums.until = datetime.fromtimestamp(float(amount), default_zone()) if amount is not None else None
        elif kind == "hour":
            hour = datetime.fromtimestamp(int(key), default_zone())
            if (day := day_of(hour)) in sums.hours:
                sums.hours[day][hour.hour] += amount
        elif taken or ended:
            sums.slices[kind].append(Row(key, name, int(taken), int(ended), amount))
    for found in sums.slices.values():
        found.sort(key=lambda row: (-row.count, row.name or row.key or ""))
    return sums
