"""Payment methods as TM Forum's documents. Pure."""

from billing.contracts.tmf.hrefs import Base
from billing.contracts.tmf.references import Document, account_ref
from billing.models import MethodKind, Payment, PaymentMethod
from billing.poid import poid

_KINDS = {MethodKind.CREDIT_CARD: "Credit Card", MethodKind.BANK_ACCOUNT: "Bank Account"}
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
    kind = _KINDS.get(MethodKind(item.kind), MethodKind(item.kind).name.replace("_", " ").title())
    return {
        "id": method_id,
        "href": base.method(method_id),
        "description": (item.masked_card or item.bank_account_mask or None) if with_account else None,
        "isPreferred": item.is_default if with_account else None,
        "name": f"{item.holder_name}'s {kind}",
        "status": _status(item) if with_account else None,
        "statusDate": item.modified_date if with_account else None,
        "account": [account_ref(item.account)] if with_account else None,
        "relatedParty": None,
        "validFor": _valid_for(item) if with_account else None,
        "@baseType": "PaymentMethodRefOrValue" if not with_account else "PaymentMethod",
        "@schemaLocation": None,
        "@type": _type(item),
    }


def _type(item: PaymentMethod) -> str:
    types = {MethodKind.CREDIT_CARD: "BankCard", MethodKind.BANK_ACCOUNT: "BankAccountDebit"}
    return types.get(MethodKind(item.kind), "DigitalWallet")


def _status(item: PaymentMethod) -> str:
    return "expired" if item.is_expired else "active" if item.is_active else "inactive"


def _valid_for(item: PaymentMethod) -> Document | None:
    if item.expires_on is None:
        return None
    return {"startDateTime": item.created_date, "endDateTime": f"{item.expires_on.isoformat()}T23:59:59Z"}
