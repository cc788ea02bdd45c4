"""The types of payment methods that TMF670 defines, with the attributes that bodies of each may have.

An attribute without a default is mandatory. The security code of a card (`cvv`) is no attribute: it is never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from billing.contracts.tmf.bodies import LongText, PartyRef, RequiredText, ShortText
from billing.models import MethodKind
from billing.payment_method_rules import MAX_SECRET

PLAIN = "PaymentMethod"
"""The base type: no attributes of its own."""

HolderName = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SECRET, pattern=r"\S")]
FourDigits = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")]
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"\S")]


class Moment:
    """A date, with or without a time. `text` is in RFC 3339, as the client wrote it if it was."""

    def __init__(self, text: str) -> None:
        """Raises ValueError."""
        self.value = datetime.fromisoformat(text)
        if not 1900 <= self.value.year <= 9999:
            raise ValueError("out of range")
        whole = self.value if self.value.tzinfo else self.value.replace(tzinfo=UTC)
        as_written = "T" in text and self.value.tzinfo and (text.endswith("Z") or text[-3:-2] == ":")
        self.text = text if as_written else whole.isoformat().replace("+00:00", "Z")

    @property
    def moment(self) -> datetime:
        try:
            value = self.value if self.value.tzinfo else self.value.replace(tzinfo=UTC)
            return value.astimezone(UTC)
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)


def read_special(kind: type, value: Any) -> Any:
    """msgspec's hook for types that it does not know. Raises ValueError."""
    if kind is not Moment:
        raise NotImplementedError
    try:
        return Moment(value)
    except (TypeError, ValueError):
        raise ValueError("A date and time is expected, for example 2030-12-31T23:59:59Z") from None


class AccountRef(msgspec.Struct):
    id: RequiredText


class Period(msgspec.Struct, rename="camel"):
    start_date_time: Moment | None = None
    end_date_time: Moment | None = None


class Place(msgspec.Struct):
    id: ShortText | None = None
    href: LongText | None = None
    name: ShortText | None = None
    role: ShortText | None = None
    base_type: ShortText | None = msgspec.field(name="@baseType", default=None)
    schema_location: LongText | None = msgspec.field(name="@schemaLocation", default=None)
    type: ShortText | None = msgspec.field(name="@type", default=None)


class Quantity(msgspec.Struct):
    amount: Decimal
    units: ShortText | None = None


class Attachment(msgspec.Struct, rename="camel"):
    id: ShortText | None = None
    href: LongText | None = None
    attachment_type: ShortText | None = None
    content: Annotated[str, msgspec.Meta(max_length=100_000)] | None = None
    description: LongText | None = None
    mime_type: ShortText | None = None
    name: ShortText | None = None
    url: LongText | None = None


class Common(msgspec.Struct, rename="camel", kw_only=True):
    """Attributes of every type."""

    type: RequiredText = msgspec.field(name="@type")
    name: RequiredText
    description: LongText | None = None
    is_preferred: bool | None = None
    authorization_code: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    status: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\S")] | None = None
    status_reason: ShortText | None = None
    valid_for: Period | None = None
    related_party: PartyRef | None = None
    related_place: Place | None = None
    account: Annotated[list[AccountRef], msgspec.Meta(max_length=1)] | None = None
    schema_location: LongText | None = msgspec.field(name="@schemaLocation", default=None)


class BankCard(Common, rename="camel", kw_only=True):
    brand: RequiredText
    card_number: RequiredText
    expiration_date: Moment
    name_on_card: HolderName
    card_type: ShortText | None = None
    last_four_digits: FourDigits | None = None
    bank: HolderName | None = None


class TokenizedCard(Common, rename="camel", kw_only=True):
    last_four_digits: FourDigits
    expiration_date: Moment
    brand: ShortText | None = None
    card_type: ShortText | None = None
    token_type: ShortText | None = None
    token: Secret | None = None
    issuer: ShortText | None = None
    country_of_issue: ShortText | None = None


class BankAccount(Common, rename="camel", kw_only=True):
    """BankAccountDebit and BankAccountTransfer."""

    account_number: Secret
    owner: HolderName
    bank: HolderName
    account_number_type: ShortText | None = None
    bic: ShortText | None = msgspec.field(name="BIC", default=None)


class DirectDebit(BankAccount, rename="camel", kw_only=True):
    mandate_type: RequiredText
    first_debit_date: Moment
    last_debit_date: Moment | None = None
    mandate_id: ShortText | None = None
    mandate_status: ShortText | None = None
    mandate_category: ShortText | None = None
    mandate_status_date: Moment | None = None
    signature: Annotated[str, msgspec.Meta(max_length=20_000)] | None = None
    signature_date: Moment | None = None
    cancellation_date: Moment | None = None
    reference: ShortText | None = None
    attachment: Annotated[list[Attachment], msgspec.Meta(max_length=20)] | None = None


class DigitalWallet(Common, rename="camel", kw_only=True):
    service: RequiredText
    wallet_id: RequiredText
    wallet_url: Url


class Voucher(Common, rename="camel", kw_only=True):
    code: Secret
    value: Quantity
    expiration_date: Moment
    discount: ShortText | None = None
    campaign: ShortText | None = None


class Check(Common, rename="camel", kw_only=True):
    check_id: RequiredText
    drawer: HolderName
    payee: RequiredText
    signed_date: Moment
    bank: HolderName


@dataclass(frozen=True)
class MethodType:
    """`answered` are the attributes that every answer of the type has, as texts (`value` of a voucher: an object)."""

    name: str
    body: type[Common]
    kind: MethodKind
    answered: tuple[str, ...] = ()


_CARD = ("cardNumber", "brand", "expirationDate")
_ACCOUNT = ("accountNumber", "owner", "bank")
_MANDATE = ("mandateId", "mandateType", "firstDebitDate", "lastDebitDate")
_TYPES = [
    MethodType("BankCard", BankCard, MethodKind.CREDIT_CARD, (*_CARD, "nameOnCard")),
    MethodType("TokenizedCard", TokenizedCard, MethodKind.CREDIT_CARD, (*_CARD, "lastFourDigits")),
    MethodType("BankAccountDebit", BankAccount, MethodKind.BANK_ACCOUNT, _ACCOUNT),
    MethodType("BankAccountTransfer", BankAccount, MethodKind.BANK_ACCOUNT, _ACCOUNT),
    MethodType("DirectDebit", DirectDebit, MethodKind.BANK_ACCOUNT, (*_MANDATE, *_ACCOUNT)),
    MethodType(
        "DigitalWallet", DigitalWallet, MethodKind.EXTERNAL_PAYMENT, ("service", "walletId", "walletUrl")
    ),
    MethodType("Voucher", Voucher, MethodKind.COUPON, ("code", "value", "expirationDate")),
    MethodType("Check", Check, MethodKind.EXTERNAL_PAYMENT, ("drawer", "payee", "signedDate", "bank")),
    *(
        MethodType(name, Common, MethodKind.EXTERNAL_PAYMENT)
        for name in ("Cash", "BucketPaymentMethod", "AccountPaymentMethod", "LoyaltyPaymentMethod", PLAIN)
    ),
]
TYPES: Mapping[str, MethodType] = {item.name: item for item in _TYPES}

_BY_LOWER_NAME = {item.name.lower(): item for item in _TYPES}


def find_type(name: str) -> MethodType | None:
    """By TM Forum's name in any case of letters: BankCard, bankCard."""
    return _BY_LOWER_NAME.get(name.strip().lower())


OWN_ATTRIBUTES = frozenset(
    field.encode_name for item in _TYPES for field in msgspec.structs.fields(item.body)
) - {field.encode_name for field in msgspec.structs.fields(Common)}
"""The attributes that types add to those of every payment method, by their names on the wire."""
