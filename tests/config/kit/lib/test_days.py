"""Days in Istanbul, which is three hours ahead of UTC, and where the clock is changed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.kit.lib import days


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 21, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 11, 30, 22, 30, tzinfo=UTC), date(2026, 12, 1)),  # 1 December, 01:30
    ],
)
def test_a_moment_is_of_its_local_day(moment, day):
    assert days.day_of(moment) == day
    start, end = days.bounds(day)
    assert start <= moment < end


def test_a_day_has_as_many_hours_as_its_clock_says():
    berlin = ZoneInfo("Europe/Berlin")
    start, end = days.bounds(date(2026, 3, 29), berlin)
    assert (end - start).total_seconds() == 23 * 3600
    start, end = days.bounds(date(2026, 10, 25), berlin)
    assert (end - start).total_seconds() == 25 * 3600


def test_the_ends_of_the_calendar():
    with pytest.raises(OverflowError):
        days.bounds(date.max)
