"""Public holidays of Turkey, on which banks do not pay. Religious ones follow the Moon: later years are estimates.

What differs from it for banks (half days on which they do not pay, days off by decree) is entered by people (BankDay).
"""

from datetime import date
from functools import lru_cache

import holidays


def closed_days(since: date, years: int = 3) -> list[date]:
    """Public holidays in the year of `since` and the `years` after it; weekends are not among them."""
    return [day for year in range(since.year, since.year + years + 1) for day in _of(year)]


@lru_cache(maxsize=32)
def _of(year: int) -> tuple[date, ...]:
    return tuple(sorted(holidays.country_holidays("TR", years=year)))
