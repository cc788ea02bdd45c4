"""Stored cards."""

from collections import Counter

from tests.prove.invariants.seen import Seen
from vault.models import StoredCard


def cards_are_kept(seen: Seen) -> list[str]:
    """Each card whose storing was confirmed is there, unless its removal was asked for; none is there twice."""
    cards = list(StoredCard.objects.all())
    codes = {card.sealed["unique_code"] for card in cards}
    same = Counter((card.relational_id1, card.last_four, card.month, card.year) for card in cards)
    lost = [
        f"a card of relation {relation}"
        for code, relation in seen.told.stored_cards.items()
        if code not in codes
    ]
    return lost + [f"{card}: {count} times" for card, count in same.items() if count > 1]
