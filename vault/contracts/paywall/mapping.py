"""Paywall's fields and ours. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from config.kit.lib.card_brands import possible_lengths
from payments.selectors import BinDetails
from vault.contracts.paywall.brands import brand_of, network_named
from vault.masks import mask_identity
from vault.models import StoredCard
from vault.services.cards import NewCard, Relation

SCOPE = 2
TYPES = {"credit": (1, "Credit"), "debit": (2, "Debit"), "prepaid": (3, "Prepaid")}
KINDS = {False: (1, "Bireysel Kart"), True: (2, "Ticari Kart")}
_UNKNOWN = (None, None)


def relation_of(data: Mapping[str, Any]) -> Relation:
    return Relation(data["RelationalId1"], data.get("RelationalId2") or "", data.get("RelationalId3") or "")


def new_card_of(data: Mapping[str, Any]) -> NewCard:
    return NewCard(
        nickname=data["Nickname"],
        holder_name=data["HolderName"],
        card_bin=kept_bin(data["CardBin"]),
        last_four=data["CardLastFour"],
        identity=data["Identity"],
        month=data["Month"],
        year=data["Year"],
    )


def kept_bin(sent: str) -> str:
    """Eight digits only of numbers with 16: of shorter ones (American Express, Diners Club) six and four are shown."""
    return sent[:6] if min(possible_lengths(sent), default=16) in (14, 15) else sent


def card_body(card: StoredCard, known: BinDetails | None, *, with_details: bool) -> dict[str, Any]:
    """A card in the contract's form. `known` is None for a BIN that is not in the table."""
    type_id, type_name = TYPES[known.payment_type] if known else _UNKNOWN
    return {
        "Scope": SCOPE,
        "Name": card.nickname,
        "Identity": mask_identity(card.sealed["identity"]),
        "CardBin": card.card_bin,
        "CardLastFour": card.last_four,
        "CardHolderName": card.sealed["holder_name"],
        "CardTypeId": type_id,
        "CardType": type_name,
        "Month": card.month,
        "Year": card.year,
        "UniqueCode": card.sealed["unique_code"],
        "Details": details_body(card.card_bin, known) if with_details else None,
    }


def listed_body(
    card: StoredCard, known: BinDetails | None, *, with_details: bool, today: date
) -> dict[str, Any]:
    """The same with `Expired`, for lists."""
    body = card_body(card, known, with_details=with_details)
    return body | {"Expired": is_expired(card.month, card.year, today)}


def details_body(card_bin: str, known: BinDetails | None) -> dict[str, Any]:
    brand_id, brand = brand_of(card_bin, known.card_type) if known else _UNKNOWN
    has_family = known is not None and network_named(known.card_type) is None
    kind_id, kind = KINDS[known.is_commercial] if known else _UNKNOWN
    type_id, type_name = TYPES[known.payment_type] if known else _UNKNOWN
    return {
        "CardBankId": known.bank_id if known else None,
        "CardBank": known.bank if known else None,
        "CardBrandId": brand_id,
        "CardBrand": brand,
        "CardFamilyId": known.card_type_id if known and has_family else None,
        "CardFamily": known.card_type if known and has_family else None,
        "CardKindId": kind_id,
        "CardKind": kind,
        "CardTypeId": type_id,
        "CardType": type_name,
    }


def is_expired(month: int, year: int, today: date) -> bool:
    """A card is valid until the end of its expiry month."""
    return (year, month) < (today.year, today.month)
