"""Parts of documents that several resources share. Pure."""

from decimal import Decimal
from typing import Any

from billing.models import Account
from billing.poid import account_poid
from config.kit.lib.money import round_to_minor

Document = dict[str, Any]
NO_TYPE: Document = {"@baseType": None, "@schemaLocation": None, "@type": None}


def money(amount: Decimal | None, currency: str) -> Document | None:
    return None if amount is None else {"unit": currency, "value": number(amount, currency), **NO_TYPE}


def is_bill(referred_type: str | None) -> bool:
    """Whether an item's `@referredType` means a bill of ours; any other entity is the client's own."""
    return (referred_type or "").strip().lower() in ("", "bill", "customerbill")


def number(amount: Decimal, currency: str) -> Decimal | int:
    """Without trailing zeros: 10, 10.5, 10.05."""
    whole = int(amount)
    return whole if whole == amount else round_to_minor(amount, currency).normalize()


def account_ref(account: Account) -> Document:
    return {
        "id": account_poid(account.pk),
        "href": None,
        "description": None,
        "name": account.name,
        **NO_TYPE,
        "@referredType": "billingAccount",
    }
