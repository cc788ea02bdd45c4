"""Decimal amounts with a currency, exact to the minor unit."""

import re
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from babel.numbers import format_currency, get_currency_symbol
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from moneyed import Currency, CurrencyDoesNotExist, get_currency

# No bank writes more digits. Longer ones, and exponents, would overflow what is computed with them.
_MINOR = re.compile(r"[0-9]{1,18}", re.ASCII)
_MAJOR = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,8})?", re.ASCII)


_SYMBOLS = {"TRY": "₺"}  # where a language's own table has only the code
_NO_BREAK = "\N{NO-BREAK SPACE}"


class AmountFormat(Enum):
    """How a bank formats 100.25 TRY."""

    MAJOR = "major"  # "100.25"; whole amounts without decimal places: "100"
    MINOR = "minor"  # "10025"


def currency_of(code: str) -> Currency:
    """Raises ValueError for codes that are not in ISO 4217 or not in upper case."""
    try:
        currency = get_currency(code)
    except CurrencyDoesNotExist:
        raise ValueError(f"{code!r} is not an ISO 4217 currency code.") from None
    return currency


def minor_unit(code: str) -> Decimal:
    """The smallest amount of the currency: `Decimal("0.01")` for TRY, `Decimal("1")` for JPY."""
    return Decimal(1) / currency_of(code).sub_unit


def decimal_places(code: str) -> int:
    """Decimal places of the currency: 2 for TRY, 0 for JPY."""
    return -int(minor_unit(code).as_tuple().exponent)


def round_to_minor(amount: Decimal, code: str) -> Decimal:
    """Rounded half away from zero, with the currency's number of decimal places."""
    return amount.quantize(minor_unit(code), rounding=ROUND_HALF_UP)


def format_money(amount: Decimal, code: str) -> str:
    """For people, in the page's language: `₺1,234.56` in English, `1.234,56 ₺` in Turkish. Never broken over lines."""
    language = get_language() or "en"
    rounded = round_to_minor(Decimal(amount), code)
    number = format_currency(abs(rounded), code, "#,##0.00", locale=language.replace("-", "_"))
    symbol = _SYMBOLS.get(code) or get_currency_symbol(code, locale=language.replace("-", "_"))
    sign = "-" if rounded < 0 else ""
    if language.startswith("tr"):
        return f"{sign}{number}{_NO_BREAK}{symbol}"
    return f"{sign}{symbol}{_NO_BREAK if symbol == code else ''}{number}"


def split_evenly(total: Decimal, parts: int, code: str) -> list[Decimal]:
    """Split `total` into `parts` amounts that add up to it. The first ones are one minor unit larger.

    Raises ValueError if `total` has too many decimal places.
    """
    unit = minor_unit(code)
    share, rest = divmod(to_minor(total, code), parts)
    return [(share + (1 if index < rest else 0)) * unit for index in range(parts)]


def fits_currency(amount: Decimal, code: str) -> bool:
    """Whether `amount` has no more decimal places than the currency."""
    return amount % minor_unit(code) == 0


def places_error(amount: Decimal, code: str) -> str | None:
    """The error text for an amount that does not fit its currency; None for one that fits."""
    if fits_currency(amount, code):
        return None
    return gettext("Amount has too many decimal places for %(currency)s.") % {"currency": code}


def to_minor(amount: Decimal, code: str) -> int:
    """`Decimal("100.25")` TRY → 10025. Raises ValueError for too many decimal places."""
    if not fits_currency(amount, code):
        raise ValueError(f"{amount} has too many decimal places for {code}.")
    return int(amount / minor_unit(code))


def from_minor(units: int, code: str) -> Decimal:
    """10025 TRY → `Decimal("100.25")`."""
    return round_to_minor(units * minor_unit(code), code)


def format_amount(amount: Decimal, code: str, amount_format: AmountFormat) -> str:
    """In a bank's format. Raises ValueError for too many decimal places."""
    units = to_minor(amount, code)
    if amount_format is AmountFormat.MINOR:
        return str(units)
    exact = from_minor(units, code)
    return str(exact.to_integral_value()) if exact == exact.to_integral_value() else str(exact)


def parse_amount(text: str, code: str, amount_format: AmountFormat) -> Decimal:
    """Parse a bank's amount. Raises ValueError for other text and for too many decimal places."""
    if amount_format is AmountFormat.MINOR:
        if not _MINOR.fullmatch(text):
            raise ValueError("Not an amount in minor units.")
        return from_minor(int(text), code)
    if not _MAJOR.fullmatch(text):
        raise ValueError("Not an amount.")
    return from_minor(to_minor(Decimal(text), code), code)


def numeric_currency(code: str) -> str:
    """ISO 4217 numeric code: TRY → `949`. Raises ValueError for an unknown code."""
    return str(currency_of(code).numeric)


def currency_from_numeric(numeric: str) -> str:
    """`949` → TRY. Raises ValueError for an unknown number."""
    try:
        return str(get_currency(iso=numeric).code)
    except CurrencyDoesNotExist:
        raise ValueError(f"{numeric!r} is not an ISO 4217 currency number.") from None


def validate_currency(code: str) -> None:
    """Validator for model fields. Raises Django's ValidationError."""
    try:
        currency_of(code)
    except ValueError as error:
        raise ValidationError(str(error), code="currency") from None
