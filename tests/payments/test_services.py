"""Rules of the configuration, below any door."""

import pytest

from config.lib.errors import InUseError, UniqueSetsError
from payments import services
from tests.support.factories import CardFactory


def test_it_reports_every_taken_unique_set(db):
    card = CardFactory()
    with pytest.raises(UniqueSetsError) as caught:
        services.cards.create(
            channel=card.channel, name="x", slug=card.slug, bank=card.bank, card_type=card.card_type,
            card_payment_type=card.card_payment_type, cash_payment=card.cash_payment,
            installment_payment=card.cash_payment, three_d_payment=None,
        )  # fmt: skip
    assert caught.value.messages == [
        "The fields slug, channel, bank, card_type must make a unique set.",
        "The fields bank, card_type, card_payment_type must make a unique set.",
    ]


def test_it_says_what_uses_an_object_that_is_to_be_deleted(db):
    card = CardFactory()
    with pytest.raises(InUseError) as caught:
        services.pos.delete(card.cash_payment)
    assert caught.value.counts == {"Cards": 1}
