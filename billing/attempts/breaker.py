"""The circuit breaker of a POS, shared by all processes through one row (models/circuit_breaker.py).

Each change is a single conditional statement that uses the database's time, so that no process acts on a stale read.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from billing.models import CircuitBreaker
from payments.models import POS

logger = logging.getLogger(__name__)

_COUNT_FAILURE = """
    INSERT INTO billing_circuitbreaker AS breaker (pos_id, failures, open_until, changed_at)
    VALUES (
        %(pos)s, 1, CASE WHEN 1 >= %(limit)s THEN statement_timestamp() + %(pause)s * interval '1 second' END,
        statement_timestamp()
    )
    ON CONFLICT (pos_id) DO UPDATE SET
        failures = breaker.failures + 1,
        open_until = CASE WHEN breaker.failures + 1 >= %(limit)s
            THEN statement_timestamp() + %(pause)s * interval '1 second' END,
        changed_at = statement_timestamp()
    RETURNING failures
"""


@dataclass(frozen=True)
class BreakerState:
    """`is_open`: do not call. `is_half_open`: one call may try the bank again."""

    failures: int = 0
    is_open: bool = False
    is_half_open: bool = False


def read_state(pos_id: int) -> BreakerState:
    row = (
        CircuitBreaker.objects.filter(pos=pos_id)
        .annotate(is_open=Q(open_until__gt=Now()))
        .values_list("failures", "open_until", "is_open")
        .first()
    )
    if row is None:
        return BreakerState()
    failures, open_until, is_open = row
    return BreakerState(failures, bool(is_open), open_until is not None and not is_open)


def obstacle(pos: POS) -> str:
    """For `payments.charge_obstacles`."""
    if not read_state(pos.pk).is_open:
        return ""
    return _("Its bank does not answer; it is not called at the moment (circuit breaker).")


def claim_probe(pos_id: int) -> datetime | None:
    """Until when only this caller may probe a half-open POS; None if another caller does.

    The claim lasts longer than the call. If the process dies, the POS can be claimed again once it has expired.
    """
    pause = settings.GATEWAY_BREAKER_SECONDS + settings.GATEWAY_TIMEOUT_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_circuitbreaker SET open_until = statement_timestamp() + %s * interval '1 second' "
            "WHERE pos_id = %s AND open_until <= statement_timestamp() RETURNING open_until",
            [pause, pos_id],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def release_probe(pos_id: int, claimed_until: datetime) -> None:
    """Give up a claim that was not used."""
    CircuitBreaker.objects.filter(pos=pos_id, open_until=claimed_until).update(open_until=Now())


def count_failure(pos_id: int) -> None:
    """A call without an answer. Opens the breaker after GATEWAY_BREAKER_FAILURES in a row."""
    limit = settings.GATEWAY_BREAKER_FAILURES
    pause = settings.GATEWAY_BREAKER_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_FAILURE, {"pos": pos_id, "limit": limit, "pause": pause})
        failures = cursor.fetchone()[0]
    if failures >= limit:
        logger.warning(
            "POS %s: %s calls in a row without an answer, circuit breaker opened", pos_id, failures
        )


def close(pos_id: int) -> bool:
    """Close the breaker, after an answer or manually. False if it was closed without failures already."""
    changed = CircuitBreaker.objects.filter(
        Q(failures__gt=0) | Q(open_until__isnull=False), pos=pos_id
    ).update(failures=0, open_until=None, changed_at=Now())
    return bool(changed)
