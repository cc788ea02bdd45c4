"""Bodies that clients send, decoded into typed structs. Attributes that a struct does not name are ignored."""

import re
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from rest_framework.exceptions import ParseError

from config.kit.boundary import card_number_message, find_by_name
from config.kit.lib.card_numbers import SHORTEST
from config.kit.lib.errors import InvalidValueError
from config.kit.lib.money import currency_of, places_error, round_to_minor

RequiredText = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"\S")]
ShortId = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"\S")]
CurrencyCode = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
LongText = Annotated[str, msgspec.Meta(max_length=500)]
ShortText = Annotated[str, msgspec.Meta(max_length=255)]


class Money(msgspec.Struct):
    """`value` is a JSON number, or its digits as a string; `amount_of` reads it."""

    unit: CurrencyCode
    value: msgspec.Raw


class EntityRef(msgspec.Struct):
    """A reference to an entity by its id."""

    id: RequiredText


S = TypeVar("S", bound=msgspec.Struct)

_NUMBER = re.compile(rb"(-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?)")
_DIGIT = re.compile(rb"[0-9]")
_BLANK = re.compile(r"Expected `str` (?:matching regex '\\\\S'|of length >= 1)")
_LARGEST = Decimal(10) ** 14


def amount_of(money: Money, field: str) -> Decimal:
    """The exact amount. Raises InvalidValueError unless it is above zero and fits its currency's decimal places."""
    raw = bytes(money.value).strip()
    match = _NUMBER.fullmatch(raw[1:-1] if raw[:1] == raw[-1:] == b'"' else raw)
    if match is None:
        raise InvalidValueError(f"{field}.value", "A number is expected.")
    try:
        currency_of(money.unit)
    except ValueError:
        raise InvalidValueError(f"{field}.unit", "An ISO 4217 currency is expected.") from None
    amount = Decimal(match[1].decode())
    if not 0 < amount < _LARGEST:
        raise InvalidValueError(f"{field}.value", "An amount above zero is expected.")
    if error := places_error(amount, money.unit):
        raise InvalidValueError(f"{field}.value", error)
    return round_to_minor(amount, money.unit)


def read_body(body: Any, shape: type[S]) -> S:
    """Raises ParseError if the body is not JSON, InvalidValueError with the field's path if it does not fit `shape`."""
    raw = body if isinstance(body, bytes) else b""
    if b"\\u0000" in raw:
        raise ParseError("A text contains a NUL character.")
    try:
        decoded = msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        message, _at, path = str(error).partition(" - at ")
        message = _BLANK.sub("must not be blank", message)
        raise InvalidValueError(path.strip("`").removeprefix("$.") or "body", message) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ParseError("The body is not JSON.") from None
    _refuse_card_numbers(raw)
    return decoded


def _refuse_card_numbers(raw: bytes) -> None:
    """In all attributes, known or not, after decoding: digits may be written as \\u0034."""
    if len(_DIGIT.findall(raw)) < SHORTEST:
        return
    place = find_by_name(msgspec.json.decode(raw))
    if place is not None:
        raise InvalidValueError(place, card_number_message())
