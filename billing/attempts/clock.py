"""Time as the database has it: web servers and workers may disagree about theirs, deadlines may not."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import connection
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from payments.models import Channel


def after(seconds: float) -> Combinable:
    """A column value: the database's time in so many seconds."""
    return Now() + timedelta(seconds=seconds)


def database_time() -> datetime:
    """Aware, UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def check_after(checks: int) -> Combinable:
    """When to query the bank next about a payment in doubt, after so many queries (RECONCILE_DELAYS)."""
    delays = settings.RECONCILE_DELAYS
    return after(delays[min(checks, len(delays) - 1)])


def recheck_after(checks: int) -> Combinable | None:
    """When to query again about a payment that ended without the bank's word, after so many queries since.

    None after the last of RECHECK_DELAYS.
    """
    delays = settings.RECHECK_DELAYS
    return after(delays[checks]) if checks < len(delays) else None


def day_end(channel: Channel) -> datetime:
    """When the bank's day that is running now is closed: BANK_DAY_END in the channel's time zone."""
    now = database_time().astimezone(channel.time_zone)
    closes = time.fromisoformat(settings.BANK_DAY_END)
    end = now.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0)
    return end if end > now else end + timedelta(days=1)
