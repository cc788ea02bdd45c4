"""Deadlines by the database's clock, because the clocks of servers and workers may differ."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import connection
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from payments.models import Channel


def after(seconds: float) -> Combinable:
    """Column value: `seconds` from now."""
    return Now() + timedelta(seconds=seconds)


def database_time() -> datetime:
    """Aware, UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def check_after(checks: int) -> Combinable:
    """Next status query of a payment whose outcome is unknown, after `checks` queries (RECONCILE_DELAYS)."""
    delays = settings.RECONCILE_DELAYS
    return after(delays[min(checks, len(delays) - 1)])


def recheck_after(checks: int) -> Combinable | None:
    """Next status query of a payment that ended without evidence of the bank, after `checks` queries since then.

    None after the last of RECHECK_DELAYS.
    """
    delays = settings.RECHECK_DELAYS
    return after(delays[checks]) if checks < len(delays) else None


def repeated_recheck_after(checks: int) -> Combinable:
    """The same where a query has brought no answer: the last delay is repeated until the bank gives one."""
    return after(settings.RECHECK_DELAYS[min(checks, len(settings.RECHECK_DELAYS) - 1)])


def day_end(channel: Channel) -> datetime:
    """The end of the bank's current day: BANK_DAY_END in the channel's time zone."""
    now = database_time().astimezone(channel.time_zone)
    closes = time.fromisoformat(settings.BANK_DAY_END)
    end = now.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0)
    return end if end > now else end + timedelta(days=1)
