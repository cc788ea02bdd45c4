"""Decimal money with a currency, exact to the minor unit."""

from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from moneyed import Currency, CurrencyDoesNotExist, get_currency


def currency_of(code: str) -> Currency:
    """The ISO 4217 currency. Raises ValueError for an unknown code or one that is not upper case."""
    try:
        currency = get_currency(code)
    except CurrencyDoesNotExist:
        raise ValueError(f"{code!r} is not an ISO 4217 currency code.") from None
    return currency


def minor_unit(code: str) -> Decimal:
    """The smallest amount of the currency: `Decimal("0.01")` for TRY, `Decimal("1")` for JPY."""
    return Decimal(1) / currency_of(code).sub_unit


def round_to_minor(amount: Decimal, code: str) -> Decimal:
    """`amount` in whole minor units, half away from zero, with as many places as the currency has."""
    return amount.quantize(minor_unit(code), rounding=ROUND_HALF_UP)


def split_evenly(total: Decimal, parts: int, code: str) -> list[Decimal]:
    """`total` in `parts` amounts that add up to it exactly; the first ones carry the odd minor units."""
    unit = minor_unit(code)
    units = int(total / unit)
    if units * unit != total:
        raise ValueError(f"{total} has more places than {code} knows.")
    share, rest = divmod(units, parts)
    return [(share + (1 if index < rest else 0)) * unit for index in range(parts)]


def validate_currency(code: str) -> None:
    """For model fields. Raises Django's ValidationError."""
    try:
        currency_of(code)
    except ValueError as error:
        raise ValidationError(str(error), code="currency") from None
