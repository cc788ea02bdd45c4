"""Decimal numbers as people type them: `1.234,56`, `1,234.56`, `1234.5`. Refused where they could mean two things."""

import re
from decimal import Decimal

_SPACES = re.compile(r"[\s'’]")  # \s: also the no-break spaces that locales and spreadsheets group with
_NUMBER = re.compile(r"([+-]?)([0-9][0-9.,]*|[.,][0-9]+)", re.ASCII)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?P<separator>[.,])[0-9]{3}(?:(?P=separator)[0-9]{3})*", re.ASCII)


class AmbiguousDecimalError(ValueError):
    """One separator before three digits: it may group them, or start the decimal places."""

    def __init__(self, readings: tuple[Decimal, Decimal]) -> None:
        super().__init__("ambiguous")
        self.readings = readings


def read_decimal(text: str) -> Decimal:
    """The number that `text` means whatever the reader's locale. config/static/admin/decimal.js has the same rules.

    Of two different separators the last one starts the decimal places; a repeated one groups thousands. Spaces and
    apostrophes group, too. Raises AmbiguousDecimalError for `1.234` and `1,234`, and ValueError for anything else that
    is not a number (exponents, NaN, digits of other scripts).
    """
    matched = _NUMBER.fullmatch(_SPACES.sub("", text.strip()))
    if matched is None:
        raise ValueError(f"{text!r} is not a number.")
    sign, digits = matched.groups()
    separators = re.sub("[0-9]", "", digits)
    if len(separators) == 1 and _GROUPED.fullmatch(digits):
        whole, places = re.split("[.,]", digits)
        raise AmbiguousDecimalError((Decimal(f"{sign}{whole}{places}"), Decimal(f"{sign}{whole}.{places}")))
    whole, places = digits, ""
    if len(separators) == 1 or len(set(separators)) == 2:
        whole, _separator, places = digits.rpartition(separators[-1])
    if not re.fullmatch("[0-9]*", whole, re.ASCII) and not _GROUPED.fullmatch(whole):
        raise ValueError(f"{text!r} is not a number.")
    return Decimal(f"{sign}{re.sub('[.,]', '', whole) or '0'}.{places or '0'}")


def write_decimal(value: Decimal, separator: str = ".") -> str:
    """Without grouping, and so that `read_decimal` reads the same number: never with exactly three decimal places.

    Zeros at the end are left out beyond two decimal places.
    """
    exponent = value.as_tuple().exponent
    text = f"{value:f}" if exponent in (-2, -1) else f"{value.normalize():f}"
    whole, _point, places = text.partition(".")
    if len(places) == 3:
        places += "0"
    return f"{whole}{separator}{places}" if places else whole
