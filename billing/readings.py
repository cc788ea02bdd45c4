"""Payments in doubt, outcomes, breakers, listeners, statements (config.kit.readings)."""

from collections.abc import Iterator
from typing import Any

from config.kit.lib.days import today
from config.kit.readings import Reading, read_rows

AGES = {"0m": 0, "15m": 900, "1h": 3600, "1d": 86_400}
"""Label → seconds. Each counts what is older, so that the first has all."""

_DOUBT = """
    SELECT age.name, count(payment.id)
    FROM unnest(%(names)s::text[], %(seconds)s::int[]) AS age (name, seconds)
    LEFT JOIN billing_payment AS payment ON payment.state = 'unknown'
        AND payment.created_date <= now() - age.seconds * interval '1 second'
    GROUP BY age.name
"""
_TODAY = """
    SELECT coalesce(pos_id::text, 'none'), state, reason, sum(count)
    FROM billing_dayoutcomes WHERE day = %(day)s GROUP BY 1, 2, 3
"""
_POS = """
    SELECT pos.id, pos.slug, channel.slug, 1
    FROM payments_pos AS pos JOIN payments_channel AS channel ON channel.id = pos.channel_id
"""
_BREAKERS = """
    SELECT pos_id, CASE WHEN open_until IS NULL THEN 0 WHEN open_until > now() THEN 2 ELSE 1 END
    FROM billing_circuitbreaker
"""
_HUB = """
    SELECT listener.id, {value}
    FROM billing_eventsubscription AS listener CROSS JOIN LATERAL ({rows}) AS waiting
    WHERE listener.is_active
"""
_WAITING = """
    SELECT count(*) AS count FROM (
        SELECT FROM billing_delivery WHERE subscription_id = listener.id AND state = 'waiting' LIMIT 100000
    ) AS found
"""
_OLDEST = """
    SELECT created_at FROM billing_delivery WHERE subscription_id = listener.id AND state = 'waiting'
    ORDER BY event_id LIMIT 1
"""
_FAILED = "SELECT count(*) FROM (SELECT FROM billing_delivery WHERE state = 'dead' LIMIT 100000) AS found"
_CASES = "SELECT count(*) FROM billing_case WHERE closed_at IS NULL"
# Banks with an agreement. One that has never sent a file is as old as its agreement.
_STATEMENTS = """
    SELECT channel.slug || '/' || bank.slug, %(today)s::date - coalesce(
        (SELECT max(last_day) FROM billing_statement AS statement
         JOIN billing_statementlayout AS layout ON layout.id = statement.layout_id
         WHERE layout.bank_id = bank.id),
        min(agreement.created_date)::date
    )
    FROM billing_acquiringagreement AS agreement
    JOIN payments_bank AS bank ON bank.id = agreement.bank_id
    JOIN payments_channel AS channel ON channel.id = bank.channel_id
    GROUP BY bank.id, channel.slug, bank.slug
"""
_SUMS = "SELECT extract(epoch FROM now() - until) FROM billing_rollup"


def read() -> Iterator[Reading]:
    yield from _read_payments()
    yield from _read_hub()
    yield read_rows("payments_cases_open", "Cases that wait for a person.", _CASES)
    text = "Days since the last day of which the bank has sent a statement."
    yield read_rows("payments_statement_age_days", text, _STATEMENTS, {"today": today()}, labels=("bank",))
    yield read_rows("payments_sums_age_seconds", "How old the dashboard's sums are.", _SUMS)


def _read_payments() -> Iterator[Reading]:
    ages: dict[str, Any] = {"names": list(AGES), "seconds": list(AGES.values())}
    text = "Payments with an unknown outcome that were made longer ago than this."
    yield read_rows("payments_in_doubt", text, _DOUBT, ages, labels=("older_than",))
    text = "Payments that were made today, as they are now."
    day: dict[str, Any] = {"day": today()}
    yield read_rows("payments_today", text, _TODAY, day, labels=("pos", "state", "reason"))
    yield read_rows("payments_pos_info", "POS.", _POS, labels=("pos", "slug", "channel"))
    text = "Circuit breaker: 0 closed, 1 half-open, 2 open."
    yield read_rows("payments_breaker", text, _BREAKERS, labels=("pos",))


def _read_hub() -> Iterator[Reading]:
    listener = ("listener",)
    waiting = _HUB.format(value="waiting.count", rows=_WAITING)
    yield read_rows("payments_hub_waiting", "Events that wait.", waiting, labels=listener)
    oldest = _HUB.format(value="extract(epoch FROM now() - waiting.created_at)", rows=_OLDEST)
    yield read_rows("payments_hub_lag_seconds", "Age of the oldest of them.", oldest, labels=listener)
    yield read_rows("payments_hub_failed", "Events that were given up.", _FAILED)
