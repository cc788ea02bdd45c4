"""Which card a number belongs to, and on which POS it is charged."""

from decimal import Decimal

import pytest

from payments import routing, services
from payments.errors import NoCardMatchedError
from tests.support.factories import (
    BinNumberFactory,
    CardFactory,
    ChannelFactory,
    InstallmentFactory,
    MultiCurrencyCardFactory,
    PosFactory,
)


@pytest.fixture
def card(channel):
    card = CardFactory(channel=channel, **{role: PosFactory(channel=channel) for role in ROLES})
    BinNumberFactory(card=card, bin_number="411979")
    return card


ROLES = ("cash_payment", "installment_payment", "three_d_payment")


def match(card, digits="41197901", currency="TRY", amount=None):
    return routing.match(channel=card.channel, bin=digits, currency=currency, amount=amount)


def pos_of(found):
    return found.cash.pos, found.installment.pos, found.three_d.pos


def test_a_card_is_found_by_its_first_six_digits(card):
    found = match(card)
    assert (found.card, found.bin_number.bin_number) == (card, "411979")


def test_eight_digits_take_precedence_over_six(card):
    other = CardFactory(channel=card.channel)
    BinNumberFactory(card=other, bin_number="41197901")
    assert match(card, "41197901").card == other
    assert match(card, "41197902").card == card


def test_six_digits_do_not_find_an_eight_digit_bin(card):
    BinNumberFactory(card=CardFactory(channel=card.channel), bin_number="52000001")
    with pytest.raises(NoCardMatchedError):
        match(card, "520000")


def test_an_inactive_bin_does_not_count(card):
    other = CardFactory(channel=card.channel)
    BinNumberFactory(card=other, bin_number="41197901", is_active=False)
    assert match(card, "41197901").card == card


def test_a_bin_of_another_channel_does_not_count(card):
    with pytest.raises(NoCardMatchedError):
        routing.match(channel=ChannelFactory(), bin="411979", currency="TRY")


def test_an_unknown_bin_uses_the_channels_default_card(card):
    services.channels.update(card.channel, default_card=card)
    found = match(card, "999999")
    assert (found.card, found.bin_number) == (card, None)


def test_an_unknown_bin_without_a_default_card_is_an_error(card):
    with pytest.raises(NoCardMatchedError):
        match(card, "999999")


def test_each_way_to_pay_has_its_own_pos_of_the_card(card):
    found = match(card)
    assert pos_of(found) == (card.cash_payment, card.installment_payment, card.three_d_payment)
    assert found.cash.reason == f"POS of card {card.slug}, TRY is the channel's currency"


def test_a_card_without_a_three_d_pos_says_so(card):
    services.cards.update(card, three_d_payment=None)
    found = match(card)
    assert (found.cash.pos, found.three_d.pos) == (card.cash_payment, None)
    assert found.three_d.reason == f"card {card.slug} has no 3-D POS for TRY"


def test_another_currency_uses_the_cards_row_for_it(card):
    pos = PosFactory(channel=card.channel)
    MultiCurrencyCardFactory(card=card, currency="USD", **dict.fromkeys(ROLES, pos))
    found = match(card, currency="USD")
    assert pos_of(found) == (pos, pos, pos)
    assert found.cash.reason == f"POS of card {card.slug} for USD"


def test_a_row_for_the_channels_currency_takes_precedence_over_the_card(card):
    pos = PosFactory(channel=card.channel)
    MultiCurrencyCardFactory(card=card, currency="TRY", **dict.fromkeys(ROLES, pos))
    assert pos_of(match(card)) == (pos, pos, pos)


def test_another_currency_without_a_row_has_no_pos(card):
    found = match(card, currency="EUR")
    assert pos_of(found) == (None, None, None)
    assert found.cash.reason == f"card {card.slug} has no POS for EUR"


def test_installments_are_offered_in_order_and_only_active_ones(card):
    for count, active in ((6, True), (3, True), (9, False)):
        InstallmentFactory(card=card, installment_count=count, is_active=active)
    assert [offer.installment.installment_count for offer in match(card).offers] == [3, 6]


def test_the_interest_is_added_and_the_parts_sum_up_to_the_total(card):
    InstallmentFactory(card=card, installment_count=3, interest_rate="2.5")
    (offer,) = match(card, amount=Decimal("100.00")).offers
    assert offer.total == Decimal("102.50")
    assert offer.parts == (Decimal("34.17"), Decimal("34.17"), Decimal("34.16"))
    assert offer.monthly == Decimal("34.17")


def test_without_an_amount_an_offer_has_no_prices(card):
    InstallmentFactory(card=card, installment_count=3)
    (offer,) = match(card).offers
    assert (offer.total, offer.parts, offer.monthly) == (None, (), None)
