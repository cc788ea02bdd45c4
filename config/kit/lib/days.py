"""Days of a time zone. Moments are stored in UTC; a day (of a bill, a filter, a report, a bank) is local."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def default_zone() -> ZoneInfo:
    """CHANNEL_TIME_ZONE: of everything that is not about one channel."""
    return ZoneInfo(settings.CHANNEL_TIME_ZONE)


def today(zone: ZoneInfo | None = None) -> date:
    return datetime.now(zone or default_zone()).date()


def day_of(moment: datetime, zone: ZoneInfo | None = None) -> date:
    return moment.astimezone(zone or default_zone()).date()


def start_of(day: date, zone: ZoneInfo | None = None) -> datetime:
    """The first moment of the day, in UTC. Raises OverflowError at the ends of the calendar."""
    return datetime.combine(day, time.min, tzinfo=zone or default_zone()).astimezone(UTC)


def bounds(day: date, zone: ZoneInfo | None = None) -> tuple[datetime, datetime]:
    """The first moment of the day and of the next one, in UTC: 23 to 25 hours where the clock is changed."""
    return start_of(day, zone), start_of(day + timedelta(days=1), zone)
