"""What was typed into the search box, in all the ways that it can be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from config.kit.lib.days import today
from config.kit.lib.decimal_text import AmbiguousDecimalError, read_decimal
from config.kit.lib.folding import fold, words_of

LONGEST = 100
LARGEST_AMOUNT = Decimal(10) ** 13  # of the columns for amounts

_CURRENCY = re.compile(r"₺|\$|€|£|\b(?:TRY|TL|USD|EUR|GBP)\b", re.IGNORECASE)
_RELATIVE = {"today": 0, "bugun": 0, "yesterday": 1, "dun": 1}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "ocak"),
            ("february", "subat"),
            ("march", "mart"),
            ("april", "nisan"),
            ("may", "mayis"),
            ("june", "haziran"),
            ("july", "temmuz"),
            ("august", "agustos"),
            ("september", "eylul"),
            ("october", "ekim"),
            ("november", "kasim"),
            ("december", "aralik"),
        ),
        start=1,
    )
    for name in names
}
_WRITTEN_DAY = re.compile(r"\b([0-9]{1,2})\.? ([a-z]{3,9})\.?(?: ([0-9]{4}))?(?=\s|$)", re.ASCII)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_LOCAL_DAY = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})", re.ASCII)
_PHONE = re.compile(r"\+?[0-9()\s./-]+", re.ASCII)


@dataclass
class Clues:
    """Last four digits, amounts and a day: what a customer knows of a payment."""

    last_four: str = ""
    amounts: list[Decimal] = field(default_factory=list)
    """More than one where the number can be read in two ways."""
    day: date | None = None

    def __bool__(self) -> bool:
        return bool(self.last_four or self.amounts or self.day)

    def shown(self) -> list[str]:
        amounts = [number_format(amount, use_l10n=True, force_grouping=True) for amount in self.amounts]
        if len(amounts) == 2:
            amounts = [_("%(first)s or %(second)s") % {"first": amounts[0], "second": amounts[1]}]
        return [
            *([_("card ending %s") % self.last_four] if self.last_four else []),
            *([_("amount %s") % amounts[0]] if amounts else []),
            *([_("on %s") % date_format(self.day, "DATE_FORMAT")] if self.day else []),
        ]


@dataclass(frozen=True)
class Term:
    """`text` is never empty and holds no card number."""

    text: str

    @cached_property
    def words(self) -> list[str]:
        return words_of(self.text)

    @cached_property
    def names(self) -> list[str]:
        """The words where they can be the start of a name: one letter alone would find half of everybody."""
        return self.words if any(len(word) > 1 for word in self.words) else []

    @cached_property
    def number(self) -> str:
        """ASCII digits; empty where something else was typed."""
        return self.text if self.text.isascii() and self.text.isdecimal() else ""

    @cached_property
    def codes(self) -> list[str]:
        """For references and authorization codes, which are written in capitals or not."""
        if " " in self.text:
            return []
        return sorted({self.text, self.text.upper(), self.text.lower()})

    @cached_property
    def phone(self) -> str:
        """The significant digits of a number, from 5 on: `+90 (532) 123 45 67` → `5321234567`."""
        if not _PHONE.fullmatch(self.text):
            return ""
        digits = re.sub("[^0-9]", "", self.text)
        if self.text.startswith("+") or digits.startswith("00"):
            digits = digits.lstrip("0").removeprefix("90")
        elif len(digits) == 12:
            digits = digits.removeprefix("90")
        digits = digits.lstrip("0")[-10:]
        return digits if len(digits) >= 5 else ""

    @cached_property
    def clues(self) -> Clues:
        """Empty unless everything that was typed is a clue."""
        clues = Clues()
        rest = _CURRENCY.sub(lambda found: f" {found[0]} ", self.text)
        written = _WRITTEN_DAY.search(fold(rest))
        if written and (day := _written_day(written)):
            clues.day = day
            rest = fold(rest)
            rest = f"{rest[: written.start()]} {rest[written.end() :]}"
        return clues if all(_take(clues, token) for token in _tokens(rest)) else Clues()


def _tokens(text: str) -> Iterator[str]:
    """An amount is marked by the currency behind it, or before all: `1500 TL` → `=1500`."""
    parts = text.split()
    for index, part in enumerate(parts):
        if not _CURRENCY.fullmatch(part):
            is_before = index + 1 < len(parts) and _CURRENCY.fullmatch(parts[index + 1])
            is_first = index == 1 and _CURRENCY.fullmatch(parts[0])
            yield f"={part}" if is_before or is_first else part


def _take(clues: Clues, token: str) -> bool:
    """Whether `token` is a clue that was not given yet."""
    is_amount = token.startswith("=")
    token = token.removeprefix("=")
    day = None if is_amount else _day(token)
    if day is not None and clues.day is None:
        clues.day = day
        return True
    if re.fullmatch("[0-9]{4}", token, re.ASCII) and not is_amount and not clues.last_four:
        clues.last_four = token
        return True
    if clues.amounts:
        return False
    clues.amounts = _amounts(token)
    return bool(clues.amounts)


def _amounts(token: str) -> list[Decimal]:
    try:
        found: tuple[Decimal, ...] = (read_decimal(token),)
    except AmbiguousDecimalError as error:
        found = error.readings
    except ValueError:
        return []
    return [amount for amount in found if 0 < amount < LARGEST_AMOUNT]


def _day(token: str) -> date | None:
    if (ago := _RELATIVE.get(fold(token))) is not None:
        return today() - timedelta(days=ago)
    if iso := _ISO_DAY.fullmatch(token):
        return _date(*map(int, iso.groups()))
    if local := _LOCAL_DAY.fullmatch(token):
        day, month, year = map(int, local.groups())
        return _date(year, month, day)
    return None


def _written_day(found: re.Match[str]) -> date | None:
    """`21 Kasım`, `21 Nov 2026`. Without a year the last one that was."""
    months = {number for name, number in _MONTHS.items() if name.startswith(found[2])}
    if len(months) != 1:
        return None
    day, month, year = int(found[1]), months.pop(), found[3]
    if year:
        return _date(int(year), month, day)
    this_year = today().year
    passed = [known for known in (_date(this_year, month, day), _date(this_year - 1, month, day)) if known]
    return next((known for known in passed if known <= today()), None)


def _date(year: int, month: int, day: int) -> date | None:
    """From 2000 to 2099: what payments have."""
    try:
        return date(year, month, day) if 2000 <= year < 2100 else None
    except ValueError:
        return None
