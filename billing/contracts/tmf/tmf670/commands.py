"""Bodies of clients as fields of payment methods."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from billing.contracts.tmf.accounts import find_account
from billing.contracts.tmf.auth import Client
from billing.contracts.tmf.bodies import read_attributes, read_object
from billing.contracts.tmf.faults import Fault
from billing.contracts.tmf.tmf630.lists import encoder
from billing.contracts.tmf.tmf670.mapping import shown_type
from billing.contracts.tmf.tmf670.types import TYPES, MethodType, Moment, Period, find_type, read_special
from billing.models import MethodKind, PaymentMethod
from billing.payment_method_rules import FIRST_YEAR, LAST_YEAR, find_brand, is_masked_card
from billing.services.payment_method import is_mask
from config.kit.lib.encryption import fingerprints
from config.kit.lib.errors import InvalidValueError, InvalidValuesError
from payments.gateways import registry

Fields = dict[str, Any]
Values = Mapping[str, Any]

_COLUMNS = {
    "name": "name",
    "description": "description",
    "is_preferred": "is_preferred",
    "authorization_code": "authorization_code",
    "status": "status_text",
    "status_reason": "status_reason",
    "account_number": "bank_account_number",
    "owner": "holder_name",
    "name_on_card": "holder_name",
    "drawer": "holder_name",
    "bank": "bank_name",
    "card_number": "masked_card",
    "token": "gateway_token",
    "code": "voucher_code",
}
"""Attributes that are columns as they are."""

_NO_DETAILS = {*_COLUMNS, "type", "account", "valid_for", "last_four_digits"}

_WIRE_NAMES = {
    "masked_card": "cardNumber",
    "expiry_month": "expirationDate",
    "expiry_year": "expirationDate",
    "bank_account_number": "accountNumber",
    "gateway_token": "token",
    "voucher_code": "code",
    "holder_name": "name",
    "bank_name": "bank",
    "status_text": "status",
}
_WALLET_KINDS = {
    "paypal": MethodKind.PAYPAL,
    "googlepay": MethodKind.GOOGLE_PAY,
    "applepay": MethodKind.APPLE_PAY,
    "itunes": MethodKind.ITUNES,
}
_UNKNOWN_DIGITS = "*" * 12
_LARGEST = 10**14


def fields_of_new(body: Any, client: Client) -> Fields:
    """For PaymentMethodService.create. Raises InvalidValueError for all faults together, ParseError for no JSON."""
    sent = read_object(body)
    kind = _type_of(sent)
    values, faults = read_attributes(sent, kind.body, hook=read_special)
    _refuse(faults + _faults_of(kind, values))
    return {
        "type": kind.name,
        "kind": kind.kind,
        "account": None,
        "holder_name": values["name"][:200],
        **_fields(kind, values, client),
    }


def fields_of_change(body: Any, method: PaymentMethod, client: Client, *, shown: Mapping[str, Any]) -> Fields:
    """For PaymentMethodService.update: what is sent and differs from the document `shown` to clients.

    Raises like `fields_of_new`, also for another `@type` or account.
    """
    known = read_object(encoder.encode(shown))
    sent = {name: value for name, value in read_object(body).items() if value != known.get(name)}
    kind = TYPES[method.type or shown_type(method)]
    values, faults = read_attributes(sent, kind.body, partial=True, hook=read_special)
    if "@type" in sent and not _is_named(kind, sent["@type"]):
        faults.append(("@type", "The type of a payment method can't change."))
    _refuse(faults + _faults_of(kind, values, is_new=False))
    if sent.get("account") == [] and method.account_id is not None:
        raise InvalidValueError("account", "The account of a payment method can't change.")
    return _fields(kind, values, client)


def _is_named(kind: MethodType, name: Any) -> bool:
    return isinstance(name, str) and find_type(name) is kind


def fingerprints_of(body: Any) -> list[str]:
    """Keyed hashes of a body, under every key. Equal for equal requests, however their JSON is written."""
    text = msgspec.json.encode(read_object(body), order="deterministic").decode()
    return fingerprints(text, "payment method request")


def wire_error(error: InvalidValueError) -> InvalidValueError:
    """A fault that the service found, by the attribute's name in TMF670."""
    return InvalidValueError(_WIRE_NAMES.get(error.field, error.field), error.message)


def _type_of(sent: Values) -> MethodType:
    name = sent.get("@type")
    found = find_type(name) if isinstance(name, str) else None
    if found is None:
        faults = [("@type", f"One of {', '.join(TYPES)} is expected.")]
        if "name" not in sent:
            faults.append(("name", "A value is expected."))
        raise InvalidValuesError(faults)
    return found


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidValuesError(faults)


def _faults_of(kind: MethodType, values: Values, *, is_new: bool = True) -> list[Fault]:
    """Rules beyond types and lengths."""
    faults: list[Fault] = []
    if kind.kind is MethodKind.CREDIT_CARD:
        faults += _faults_of_card(kind, values)
    for name, wire_name in (("account_number", "accountNumber"), ("token", "token"), ("code", "code")):
        if is_new and is_mask(values.get(name)):
            faults.append((wire_name, "The whole value is expected, not a mask."))
    value = values.get("value")
    if value is not None and not (value.amount.is_finite() and 0 <= value.amount < _LARGEST):
        faults.append(("value.amount", "A number of at most 14 digits, not below zero, is expected."))
    if _ends_before_start(values.get("valid_for")):
        faults.append(("validFor.endDateTime", "A time after startDateTime is expected."))
    return faults


def _faults_of_card(kind: MethodType, values: Values) -> Iterator[Fault]:
    number = values.get("card_number", "")
    if number and not is_masked_card(number):
        yield "cardNumber", "A masked card number is expected, for example 411111******1111."
    elif kind.name == "BankCard" and not number.endswith(values.get("last_four_digits", "")):
        yield "lastFourDigits", "The last digits of cardNumber are expected, together with it."
    expiry = values.get("expiration_date")
    if expiry is not None and not FIRST_YEAR <= expiry.value.year <= LAST_YEAR:
        yield "expirationDate", f"A year from {FIRST_YEAR} to {LAST_YEAR} is expected."


def _ends_before_start(period: Period | None) -> bool:
    if period is None or period.start_date_time is None or period.end_date_time is None:
        return False
    return period.end_date_time.moment < period.start_date_time.moment


def _fields(kind: MethodType, values: Values, client: Client) -> Fields:
    fields: Fields = {_COLUMNS[name]: value for name, value in values.items() if name in _COLUMNS}
    fields["details"] = _details(kind, values)
    if "is_preferred" in values:  # it becomes the default if it can be charged
        fields["is_default"] = None if values["is_preferred"] else False
    if "status" in values:
        fields["is_active"] = values["status"].strip().lower() == "active"
    if values.get("account"):
        fields["account"] = find_account(values["account"][0].id, client.reach)
    if "valid_for" in values:
        period = values["valid_for"]
        fields["valid_from"] = period.start_date_time and period.start_date_time.moment
        fields["valid_until"] = period.end_date_time and period.end_date_time.moment
    if kind.kind is MethodKind.CREDIT_CARD:
        fields |= _card(kind, values)
    if "service" in values:
        name = values["service"].replace(" ", "").lower()
        fields["kind"] = _WALLET_KINDS.get(name, MethodKind.EXTERNAL_PAYMENT)
    return fields


def _card(kind: MethodType, values: Values) -> Fields:
    fields: Fields = {}
    if "brand" in values:
        fields["brand"] = find_brand(values["brand"])
    if "expiration_date" in values:
        expiry = values["expiration_date"].value
        fields |= {"expiry_month": expiry.month, "expiry_year": expiry.year}
    if kind.name == "TokenizedCard":
        if "last_four_digits" in values:
            fields["masked_card"] = _UNKNOWN_DIGITS + values["last_four_digits"]
        if "issuer" in values:  # a gateway of ours, or somebody whose tokens we can't use
            gateway = registry.find_short(values["issuer"].strip().lower())
            fields["gateway"] = gateway.short_name() if gateway else ""
    return fields


def _details(kind: MethodType, values: Values) -> dict[str, Any]:
    """Everything that has no column, by its name on the wire."""
    names = {field.name: field.encode_name for field in msgspec.structs.fields(kind.body)}
    return {names[name]: _plain(value) for name, value in values.items() if name not in _NO_DETAILS}


def _plain(value: Any) -> Any:
    """As JSON, without what was not sent. Numbers are texts, to stay exact."""
    plain = msgspec.to_builtins(value, enc_hook=_text_of)
    return _without_none(plain)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(part) for name, part in value.items() if part is not None}
    return [_without_none(part) for part in value] if isinstance(value, list) else value


def _text_of(value: Any) -> str:
    if not isinstance(value, Moment):
        raise NotImplementedError
    return value.text
