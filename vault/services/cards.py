"""Storing, listing, changing and deleting cards of one merchant. Each call is an entry in the access log."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from vault.errors import CardNotFoundError, CardTakenError
from vault.locks import lock_relation
from vault.models import Action, Merchant, StoredCard
from vault.services.access import Actor, log_access

CODE_BYTES = 40

_IDENTITY = StoredCard._meta.get_field("identity_hash")
_CODE = StoredCard._meta.get_field("unique_code_hash")


@dataclass(frozen=True)
class Relation:
    """The ids that a merchant gives its cards. All three must match; an empty text is an id that was not sent."""

    id1: str
    id2: str = ""
    id3: str = ""


@dataclass(frozen=True)
class NewCard:
    """A card to store. It has no field for a number or a CVC."""

    nickname: str
    holder_name: str
    card_bin: str
    last_four: str
    identity: str
    month: int
    year: int


def save_card(actor: Actor, relation: Relation, card: NewCard) -> StoredCard:
    """Store the card, or return the relation's card with the same BIN, last four, identity and expiry."""
    merchant = _merchant_of(actor)
    with transaction.atomic():
        lock_relation(merchant.pk, relation.id1, relation.id2, relation.id3)
        stored = _find_same(merchant, relation, card) or _create(merchant, relation, card)
        log_access(actor, Action.SAVE, cards=[stored.pk], detail=stored.masked_card)
    return stored


def list_cards(actor: Actor, relation: Relation) -> list[StoredCard]:
    """Oldest first."""
    cards = list(_related(_merchant_of(actor), relation).order_by("pk"))
    log_access(actor, Action.LIST, cards=[card.pk for card in cards])
    return cards


def change_expiry(actor: Actor, relation: Relation, unique_code: str, *, month: int, year: int) -> StoredCard:
    """Raises CardNotFoundError, and CardTakenError if the relation already has the card with that expiry."""
    merchant = _merchant_of(actor)
    with transaction.atomic():
        lock_relation(merchant.pk, relation.id1, relation.id2, relation.id3)
        card = _get(actor, Action.UPDATE, relation, unique_code)
        error = None
        if card is not None and _is_taken(merchant, card, month, year):
            error = CardTakenError()
            log_access(actor, Action.UPDATE, cards=[card.pk], error_code=409, detail=card.masked_card)
        elif card is not None:
            card.month, card.year = month, year
            card.save(update_fields=["month", "year", "modified_date"])
            log_access(actor, Action.UPDATE, cards=[card.pk], detail=card.masked_card)
    return _known(card, error)


def delete_card(actor: Actor, relation: Relation, unique_code: str) -> None:
    """Raises CardNotFoundError."""
    with transaction.atomic():
        card = _get(actor, Action.DELETE, relation, unique_code)
        if card is not None:
            key = card.pk
            card.delete()
            log_access(actor, Action.DELETE, cards=[key], detail=card.masked_card)
    _known(card)


def renew_codes(actor: Actor, cards: QuerySet[StoredCard]) -> int:
    """Replace the unique codes of `cards`; the old ones stop working. Returns the number of cards."""
    with transaction.atomic():
        found = list(cards.order_by("pk").select_for_update(of=("self",), no_key=True))
        for card in found:
            card.sealed = {**card.sealed, "unique_code": new_code()}
            card.save(update_fields=["sealed", "identity_hash", "unique_code_hash", "modified_date"])
            log_access(
                actor,
                Action.NEW_CODE,
                cards=[card.pk],
                detail=card.masked_card,
                merchant_id=card.merchant_id,
            )
    return len(found)


def new_code() -> str:
    """40 random bytes, base64."""
    return base64.b64encode(secrets.token_bytes(CODE_BYTES)).decode()


def _merchant_of(actor: Actor) -> Merchant:
    if actor.merchant is None:
        raise ValueError("A card belongs to a merchant.")
    return actor.merchant


def _related(merchant: Merchant, relation: Relation) -> QuerySet[StoredCard]:
    return StoredCard.objects.filter(
        merchant=merchant,
        relational_id1=relation.id1,
        relational_id2=relation.id2,
        relational_id3=relation.id3,
    )


def _find_same(merchant: Merchant, relation: Relation, card: NewCard) -> StoredCard | None:
    return (
        _related(merchant, relation)
        .filter(
            card_bin=card.card_bin,
            last_four=card.last_four,
            identity_hash__in=_IDENTITY.candidates(card.identity, merchant.pk),
            month=card.month,
            year=card.year,
        )
        .first()
    )


def _create(merchant: Merchant, relation: Relation, card: NewCard) -> StoredCard:
    stored = StoredCard(
        merchant=merchant,
        relational_id1=relation.id1,
        relational_id2=relation.id2,
        relational_id3=relation.id3,
        nickname=card.nickname,
        card_bin=card.card_bin,
        last_four=card.last_four,
        month=card.month,
        year=card.year,
    )
    stored.sealed = {"identity": card.identity, "holder_name": card.holder_name, "unique_code": new_code()}
    stored.save(force_insert=True)
    return stored


def _get(actor: Actor, action: Action, relation: Relation, unique_code: str) -> StoredCard | None:
    """The merchant's card, locked. A card of another merchant is not found by the same query; a miss is logged."""
    card = (
        _related(_merchant_of(actor), relation)
        .filter(unique_code_hash__in=_CODE.candidates(unique_code))
        .select_for_update()
        .first()
    )
    if card is None:
        log_access(actor, action, error_code=22)
    return card


def _known(card: StoredCard | None, error: Exception | None = None) -> StoredCard:
    """Raises after the transaction, which keeps the log entry."""
    if card is None:
        raise CardNotFoundError
    if error is not None:
        raise error
    return card


def _is_taken(merchant: Merchant, card: StoredCard, month: int, year: int) -> bool:
    relation = Relation(card.relational_id1, card.relational_id2, card.relational_id3)
    same: Iterable[str] = _IDENTITY.candidates(card.sealed["identity"], merchant.pk)
    return (
        _related(merchant, relation)
        .filter(
            card_bin=card.card_bin, last_four=card.last_four, identity_hash__in=same, month=month, year=year
        )
        .exclude(pk=card.pk)
        .exists()
    )
