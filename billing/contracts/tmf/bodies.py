"""Bodies that clients send, decoded into typed structs. Attributes that a struct does not name are ignored."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from rest_framework.exceptions import ParseError

from billing.contracts.tmf.faults import Fault, shape_faults
from config.kit.boundary import card_number_message, find_by_name
from config.kit.lib.card_numbers import SHORTEST
from config.kit.lib.errors import InvalidValueError, InvalidValuesError
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


class PartyRef(msgspec.Struct):
    id: RequiredText
    referred_type: RequiredText = msgspec.field(name="@referredType")
    href: LongText | None = None
    name: ShortText | None = None
    role: ShortText | None = None
    base_type: ShortText | None = msgspec.field(name="@baseType", default=None)
    schema_location: LongText | None = msgspec.field(name="@schemaLocation", default=None)
    type: ShortText | None = msgspec.field(name="@type", default=None)


S = TypeVar("S", bound=msgspec.Struct)

_NUMBER = re.compile(rb"(-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,99})?(?:[eE][+-]?[0-9]{1,3})?)")
_DIGIT = re.compile(rb"[0-9]")
_BLANK = re.compile(r"Expected `str` (?:matching regex '\\\\S'|of length >= 1)")
_LARGEST = Decimal(10) ** 14
_exact = msgspec.json.Decoder(float_hook=Decimal)


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
    if amount <= 0:
        raise InvalidValueError(f"{field}.value", "An amount above zero is expected.")
    if amount >= _LARGEST:
        raise InvalidValueError(f"{field}.value", "At most 14 digits are possible before the decimal point.")
    if error := places_error(amount, money.unit):
        raise InvalidValueError(f"{field}.value", error)
    return round_to_minor(amount, money.unit)


def read_body(body: Any, shape: type[S]) -> S:
    """Raises ParseError if the body is not JSON, InvalidValueError with the field's path if it does not fit `shape`."""
    raw = _checked_bytes(body)
    try:
        decoded = msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        faults = [(path or "body", message) for path, message in shape_faults(raw, shape, _place_of)]
        if len(faults) > 1:
            raise InvalidValuesError(faults) from None
        path, message = _place_of(error)
        raise InvalidValueError(path or "body", message) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ParseError("The body is not JSON.") from None
    _refuse_card_numbers(raw)
    return decoded


def read_object(body: Any) -> dict[str, Any]:
    """The attributes of a JSON object that are sent: null means not sent. Numbers are exact.

    Raises ParseError, or InvalidValueError for a card number.
    """
    raw = _checked_bytes(body)
    try:
        decoded = _exact.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ParseError("The body is not JSON.") from None
    if not isinstance(decoded, dict):
        raise InvalidValueError("body", "An object is expected.")
    _refuse_card_numbers(raw)
    return {name: value for name, value in decoded.items() if value is not None}


def read_attributes(
    sent: Mapping[str, Any],
    shape: type[msgspec.Struct],
    *,
    partial: bool = False,
    hook: Callable[[type, Any], Any] | None = None,
) -> tuple[dict[str, Any], list[Fault]]:
    """The attributes of `shape` that are sent, by the struct's names, and every fault in them.

    `partial`: none is mandatory. `hook` reads types that msgspec does not know.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for field in msgspec.structs.fields(shape):
        if field.encode_name not in sent:
            if field.required and not partial:
                faults.append((field.encode_name, "A value is expected."))
            continue
        value = sent[field.encode_name]
        try:
            # texts for flags, as the samples of TM Forum's swagger have them: "True"
            values[field.name] = msgspec.convert(
                value, field.type, strict=not isinstance(value, str), dec_hook=hook
            )
        except msgspec.ValidationError as error:
            path, message = _place_of(error)
            faults.append((f"{field.encode_name}{path and '.'}{path}", message))
    return values, faults


def _checked_bytes(body: Any) -> bytes:
    raw = body if isinstance(body, bytes) else b""
    if b"\\u0000" in raw:
        raise ParseError("A text contains a NUL character.")
    return raw


def _place_of(error: msgspec.ValidationError) -> tuple[str, str]:
    """The path of the attribute at fault and what is wrong with it."""
    message, _at, path = str(error).partition(" - at ")
    return path.strip("`").removeprefix("$").removeprefix("."), _BLANK.sub("must not be blank", message)


def _refuse_card_numbers(raw: bytes) -> None:
    """In all attributes, known or not, after decoding: digits may be written as \\u0034."""
    if len(_DIGIT.findall(raw)) < SHORTEST:
        return
    place = find_by_name(msgspec.json.decode(raw))
    if place is not None:
        raise InvalidValueError(place, card_number_message())
