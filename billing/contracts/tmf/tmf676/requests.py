"""Shapes of what clients send. Amounts are exact decimals from the first moment; what is not named here is ignored."""

import re
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from rest_framework.exceptions import ParseError

from config.kit.lib.errors import InvalidValueError
from config.kit.lib.masking import mask_card_numbers
from config.kit.lib.money import minor_unit, round_to_minor

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"\S")]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"\S")]
Unit = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
Words = Annotated[str, msgspec.Meta(max_length=500)]
Label = Annotated[str, msgspec.Meta(max_length=255)]


class Money(msgspec.Struct):
    """`value` is a JSON number, or the same digits as a text; see `amount_of`."""

    unit: Unit
    value: msgspec.Raw


class Named(msgspec.Struct):
    """A reference: only its id counts, the rest is kept as it was sent."""

    id: Name


class Method(msgspec.Struct):
    id: Short
    type: Name = msgspec.field(name="@type")
    referred_type: Label | None = msgspec.field(name="@referredType", default=None)


class PartyRef(msgspec.Struct):
    id: Name
    referred_type: Name = msgspec.field(name="@referredType")
    href: Words | None = None
    name: Label | None = None
    role: Label | None = None
    base_type: Label | None = msgspec.field(name="@baseType", default=None)
    schema_location: Words | None = msgspec.field(name="@schemaLocation", default=None)
    type: Label | None = msgspec.field(name="@type", default=None)


class ChannelRef(msgspec.Struct):
    id: Name
    href: Words | None = None
    name: Label | None = None
    base_type: Label | None = msgspec.field(name="@baseType", default=None)
    schema_location: Words | None = msgspec.field(name="@schemaLocation", default=None)
    type: Label | None = msgspec.field(name="@type", default=None)
    referred_type: Label | None = msgspec.field(name="@referredType", default=None)


class Item(msgspec.Struct, rename="camel"):
    item: Named
    amount: Money | None = None
    total_amount: Money | None = None


class Asked(msgspec.Struct, rename="camel", kw_only=True):
    """What payments and refunds share."""

    account: Named
    payment_method: Method
    total_amount: Money
    amount: Money | None = None
    tax_amount: Money | None = None
    authorization_code: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    correlator_id: Label | None = None
    name: Label | None = None
    description: Words | None = None
    channel: ChannelRef | None = None


class PaymentCreate(Asked, rename="camel", kw_only=True):
    payer: PartyRef | None = None
    payment_item: Annotated[list[Item], msgspec.Meta(max_length=1000)] | None = None


class RefundCreate(Asked, rename="camel", kw_only=True):
    payment: Named | None = None
    requestor: PartyRef | None = None


class BillShare(msgspec.Struct, rename="camel"):
    id: Name
    allocated_amount: Money


class AllocationCreate(msgspec.Struct, rename="camel"):
    payment_id: Name
    bill: Annotated[list[BillShare], msgspec.Meta(min_length=1, max_length=1000)]


class HubCreate(msgspec.Struct):
    callback: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    query: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


S = TypeVar("S", bound=msgspec.Struct)

_NUMBER = re.compile(rb"(-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?)")
_BLANK = re.compile(r"Expected `str` (?:matching regex '\\\\S'|of length >= 1)")
_LARGEST = Decimal(10) ** 14


def amount_of(money: Money, field: str) -> Decimal:
    """The exact amount. Raises InvalidValueError for what is no amount above zero that its currency has."""
    raw = bytes(money.value).strip()
    match = _NUMBER.fullmatch(raw[1:-1] if raw[:1] == raw[-1:] == b'"' else raw)
    if match is None:
        raise InvalidValueError(f"{field}.value", "A number is expected.")
    try:
        unit = minor_unit(money.unit)
    except ValueError:
        raise InvalidValueError(f"{field}.unit", "An ISO 4217 currency is expected.") from None
    amount = Decimal(match[1].decode())
    if not 0 < amount < _LARGEST:
        raise InvalidValueError(f"{field}.value", "An amount above zero is expected.")
    if amount % unit:
        text = f"{money.unit} has no amounts as small as that."
        raise InvalidValueError(f"{field}.value", text)
    return round_to_minor(amount, money.unit)


def read(body: Any, shape: type[S]) -> S:
    """Raises ParseError for what is no JSON, InvalidValueError with the field's path for what has another shape."""
    raw = body if isinstance(body, bytes) else b""
    if b"\\u0000" in raw:
        raise ParseError("A text holds a character that is none.")
    try:
        read = msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        message, _at, path = str(error).partition(" - at ")
        message = _BLANK.sub("must not be blank", message)
        raise InvalidValueError(path.strip("`").removeprefix("$.") or "body", message) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ParseError("The body is not JSON.") from None
    text = raw.decode()
    if mask_card_numbers(text) != text:
        raise InvalidValueError("body", "A card number does not belong here.")
    return read
