"""Payment methods as TM Forum's documents. Pure."""

from decimal import Decimal

import msgspec

from billing.contracts.tmf.hrefs import Base
from billing.contracts.tmf.references import Document, account_ref
from billing.contracts.tmf.tmf670.types import PLAIN, TYPES, Common
from billing.models import MethodKind, Payment, PaymentMethod
from billing.poid import poid

_TYPES = {MethodKind.CREDIT_CARD: "BankCard", MethodKind.BANK_ACCOUNT: "BankAccountDebit"}
"""`@type` of methods that other doors added."""

UNKNOWN_BRAND = "Unknown"
NO_LAST_DEBIT = "9999-12-31T23:59:59Z"
"""`lastDebitDate` of a mandate without an end."""

_COMMON = {field.encode_name for field in msgspec.structs.fields(Common)}
_OWN_NAMES = {
    name: {field.encode_name for field in msgspec.structs.fields(kind.body)} - _COMMON | {*kind.answered}
    for name, kind in TYPES.items()
}
_POID_KINDS = {MethodKind.CREDIT_CARD: "payinfo-cc", MethodKind.BANK_ACCOUNT: "payinfo-dd"}
POID_KINDS = (*_POID_KINDS.values(), "payinfo")


def payment_method_of(item: Payment, base: Base) -> Document:
    """The payment method of a payment: a stored one, cash, a check, or a card that is not stored."""
    if item.payment_method is not None:
        document = method(item.payment_method, base, with_account=False)
        return document | {"@type": "PaymentMethodRefOrValue", "@referredType": None}
    references = getattr(item, "client_references", None)
    return {
        "id": (references and references.method_reference) or None,
        "href": None,
        "description": None,
        "isPreferred": None,
        "name": item.masked_card or None,
        "status": None,
        "statusDate": None,
        "account": None,
        "relatedParty": None,
        "validFor": None,
        "@baseType": "PaymentMethodRefOrValue",
        "@schemaLocation": None,
        "@type": {"cash": "Cash", "check": "Check"}.get(item.received_as, "PaymentMethodRefOrValue"),
        "@referredType": None if item.received_as else "bankCard",
    }


def public_id(item: PaymentMethod) -> str:
    """The external id if it has one, else the POID."""
    return item.external_id or method_poid(item)


def method_poid(item: PaymentMethod) -> str:
    return poid(_POID_KINDS.get(MethodKind(item.kind), "payinfo"), item.pk)


def method(item: PaymentMethod, base: Base, *, with_account: bool = True) -> Document:
    """Without `with_account` only what identifies it, as BRM's sample has it inside a payment."""
    method_id = public_id(item)
    own = typed_attributes(item)
    document = {
        "id": method_id,
        "href": base.method(method_id),
        "description": shown_description(item) if with_account else None,
        "isPreferred": (item.is_default or item.is_preferred) if with_account else None,
        "name": item.shown_name,
        "status": status(item) if with_account else None,
        "statusDate": item.status_date if with_account else None,
        "account": [account_ref(item.account)] if with_account and item.account else None,
        "relatedParty": item.details.get("relatedParty") if with_account else None,
        "validFor": _valid_for(item) if with_account else None,
        "@baseType": "PaymentMethodRefOrValue" if not with_account else "PaymentMethod",
        "@schemaLocation": item.details.get("@schemaLocation") if with_account else None,
        "@type": shown_type(item, own),
    }
    if not with_account:
        return document
    more = {
        "authorizationCode": item.authorization_code or None,
        "statusReason": item.status_reason or None,
        "relatedPlace": item.details.get("relatedPlace"),
    }
    return document | more | (own if document["@type"] != PLAIN else {})


def shown_type(item: PaymentMethod, attributes: Document | None = None) -> str:
    """The base type where the method lacks what its own promises in answers."""
    name = _type_of(item)
    found = typed_attributes(item) if attributes is None else attributes
    return name if all(found.get(key) for key in TYPES[name].answered) else PLAIN


def shown_description(item: PaymentMethod) -> str | None:
    return item.description or item.masked_card or item.bank_account_mask or None


def status(item: PaymentMethod) -> str:
    """The client's word where it does not contradict what we know."""
    if item.is_expired:
        return "expired"
    said = item.status_text.strip()
    if said and (said.lower() == "active") == item.is_active:
        return said
    return "active" if item.is_active else "inactive"


def typed_attributes(item: PaymentMethod) -> Document:
    """What a method's type adds, masked where it is secret."""
    name = _type_of(item)
    if TYPES[name].kind is MethodKind.CREDIT_CARD:
        found = _card(item)
    elif TYPES[name].kind is MethodKind.BANK_ACCOUNT:
        found = _bank_account(item)
    else:
        found = _other(item)
    names = _OWN_NAMES[name]
    return {key: value for key, value in found.items() if key in names and value is not None}


def _type_of(item: PaymentMethod) -> str:
    return item.type or _TYPES.get(MethodKind(item.kind), PLAIN)


def _card(item: PaymentMethod) -> Document:
    last = item.masked_card.rpartition("*")[2]
    brand = item.get_brand_display() if item.brand else UNKNOWN_BRAND
    return {
        **item.details,
        "cardNumber": item.masked_card or None,
        "brand": item.details.get("brand") or str(brand),
        "expirationDate": _card_expiry(item),
        "lastFourDigits": last if len(last) == 4 else None,
        "nameOnCard": item.card_owner or item.holder_name,
        "bank": item.bank_name or None,
        "token": item.gateway_token_mask or None,
    }


def _card_expiry(item: PaymentMethod) -> str | None:
    """As the client wrote it, unless the card's month was changed since; else the card's last second."""
    if item.expiry_year is None:
        return None
    month = f"{item.expiry_year}-{item.expiry_month:02d}"
    sent = item.details.get("expirationDate", "")
    return sent if sent.startswith(month) else f"{item.expires_on.isoformat()}T23:59:59Z"


def _bank_account(item: PaymentMethod) -> Document:
    found = {
        **item.details,
        "accountNumber": item.bank_account_mask or None,
        "owner": item.holder_name,
        "bank": item.bank_name or None,
    }
    if item.type == "DirectDebit":  # TM Forum's own test expects texts; the swagger makes both optional
        found.setdefault("mandateId", method_poid(item))
        once = found.get("mandateType", "").lower() in ("single", "single-use", "one-off", "ooff")
        found.setdefault("lastDebitDate", found.get("firstDebitDate") if once else NO_LAST_DEBIT)
    return found


def _other(item: PaymentMethod) -> Document:
    found = {
        **item.details,
        "drawer": item.holder_name,
        "bank": item.bank_name or None,
        "code": item.voucher_code_mask or None,
    }
    if "value" in found:
        amount = Decimal(found["value"]["amount"])
        found["value"] = {"units": None, **found["value"], "amount": amount}
    return found


def _valid_for(item: PaymentMethod) -> Document | None:
    if item.valid_from or item.valid_until:
        return {"startDateTime": item.valid_from, "endDateTime": item.valid_until}
    if item.expires_on is None:
        return None
    return {"startDateTime": item.created_date, "endDateTime": f"{item.expires_on.isoformat()}T23:59:59Z"}
