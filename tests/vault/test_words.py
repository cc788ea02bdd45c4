"""The contract's words: brands, masks, languages."""

from datetime import date

import pytest
from django.test import RequestFactory

from tests.support.factories import BinNumberFactory, CardFactory, CardTypeFactory
from vault.contracts.paywall.brands import brand_of, network_named
from vault.contracts.paywall.language import language_of
from vault.contracts.paywall.mapping import is_expired
from vault.masks import mask_identity, mask_name


@pytest.mark.parametrize(
    ("digits", "card_type", "brand"),
    [
        ("41197901", "World", (2, "Visa")),
        ("510000", "Bonus", (1, "Mastercard")),
        ("222100", "Bonus", (1, "Mastercard")),
        ("272099", "Bonus", (1, "Mastercard")),
        ("272100", "Bonus", (5, "Other")),
        ("979200", "Paraf", (3, "Troy")),
        ("650000", "Paraf", (3, "Troy")),
        ("370000", "Axess", (4, "American Express")),
        ("360000", "Axess", (5, "Diners Club")),
        ("601100", "Axess", (5, "Discover")),
        ("650000", "Visa Commercial", (2, "Visa")),
        ("650000", "Discover", (5, "Discover")),
        ("411111", "Amex", (4, "American Express")),
        ("411111", "UnionPay", (5, "UnionPay")),
    ],
)
def test_the_brand_is_the_named_network_or_what_the_digits_say(digits, card_type, brand):
    assert brand_of(digits, card_type) == brand


def test_a_programme_is_no_network():
    assert network_named("World") is None
    assert network_named("  mastercard  commercial ") == (1, "Mastercard")


@pytest.mark.parametrize(
    ("headers", "query", "language"),
    [
        ({}, "", "tr"),
        ({"locale": "en-US"}, "", "en"),
        ({"locale": "TR_tr"}, "", "tr"),
        ({"locale": "de-DE"}, "", "tr"),
        ({"locale": "de-DE", "Accept-Language": "en"}, "", "en"),
        ({"Accept-Language": "de, en-GB;q=0.7, tr;q=0.3"}, "", "en"),
        ({}, "?locale=en", "en"),
        ({"locale": "tr-TR"}, "?locale=en", "tr"),
        ({"Accept-Language": "x" * 600}, "", "tr"),
    ],
)
def test_the_language_is_the_locales_or_the_accepted_or_turkish(headers, query, language):
    assert language_of(RequestFactory().get(f"/paywall{query}", headers=headers)) == language


def test_masks_leave_little():
    assert mask_identity("17654932298") == "176****298"
    assert mask_identity("4540536920") == "454****920"
    assert mask_name("Test  Kartı") == "T*** K***"


def test_a_card_is_good_until_the_end_of_its_month():
    assert not is_expired(11, 2040, date(2040, 11, 30))
    assert is_expired(11, 2040, date(2040, 12, 1))


def test_eight_digits_go_before_six_and_the_oldest_channel_before_others(channel, shop):
    six = CardFactory(channel=channel, card_type=CardTypeFactory(channel=channel, name="World"))
    BinNumberFactory(card=six, bin_number="411979")
    other = CardFactory()
    BinNumberFactory(card=other, bin_number="411979")
    assert details(shop)["CardBankId"] == six.bank_id
    eight = CardFactory(channel=other.channel, card_payment_type="debit")
    row = BinNumberFactory(card=eight, bin_number="41197901")
    assert (details(shop)["CardBankId"], details(shop)["CardType"]) == (eight.bank_id, "Debit")
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    assert details(shop)["CardBankId"] == six.bank_id


def details(shop):
    return shop.save().json()["Body"]["Details"]
