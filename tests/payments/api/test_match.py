"""The answer of `match`; which card and POS it names is routing's: tests/payments/test_routing.py."""

from decimal import Decimal

import pytest

from payments import services
from tests.support.factories import (
    BinNumberFactory,
    CardFactory,
    ChannelFactory,
    InstallmentFactory,
    MultiCurrencyCardFactory,
    PosFactory,
)

URL = "/api/v1/bin_numbers/match/"


@pytest.fixture
def card(channel):
    card = CardFactory(channel=channel, is_commerce_card=True)
    BinNumberFactory(card=card, bin_number="411979")
    return card


def test_it_tells_all_about_a_card(api, card):
    InstallmentFactory(card=card, installment_count=3, label="3 installments", interest_rate="2.5")
    answer = api.get(
        URL, {"channel": card.channel_id, "bin": "411979", "currency": "TRY", "amount": "100.00"}
    ).json()
    because = f"POS of card {card.slug}, TRY is the channel's currency"
    pos = card.cash_payment
    route = {
        "pos": {"pk": pos.pk, "name": pos.name, "slug": pos.slug, "gateway_display": "Dummypay"},
        "reason": because,
    }
    assert answer == {
        "channel": card.channel_id,
        "currency": "TRY",
        "bin_number": "411979",
        "bin_number_length": "6",
        "is_default_card": False,
        "bank": {"pk": card.bank.pk, "name": card.bank.name, "slug": card.bank.slug},
        "card_type": {"pk": card.card_type.pk, "name": card.card_type.name, "slug": card.card_type.slug},
        "card": {"pk": card.pk, "name": card.name, "slug": card.slug},
        "card_payment_type": "credit",
        "is_commerce_card": True,
        "pos": {"cash_payment": route, "installment_payment": route, "three_d_payment": route},
        "installments": [
            {
                "pk": card.installments.get().pk,
                "installment_count": 3,
                "label": "3 installments",
                "interest_rate": "2.500000",
                "total": "102.50",
                "monthly": "34.17",
                "parts": ["34.17", "34.17", "34.16"],
            }
        ],
    }


@pytest.mark.parametrize(
    ("amount", "count", "rate", "currency", "total"),
    [
        ("0.01", 12, "0", "TRY", "0.01"),
        ("999999999.99", 7, "0.333333", "TRY", "1003333329.99"),
        ("1000", 3, "1.5", "JPY", "1015"),
        ("10.005", 4, "0", "KWD", "10.005"),
        ("0", 2, "5", "TRY", "0.00"),
    ],
)
def test_the_parts_add_up_to_the_total(api, channel, amount, count, rate, currency, total):
    card = CardFactory(channel=channel)
    BinNumberFactory(card=card, bin_number="411979")
    InstallmentFactory(card=card, installment_count=count, interest_rate=rate)
    query = {"channel": channel.pk, "bin": "41197901", "currency": currency, "amount": amount}
    [offer] = api.get(URL, query).json()["installments"]
    assert offer["total"] == total
    assert len(offer["parts"]) == count
    assert sum(map(Decimal, offer["parts"])) == Decimal(total)
    assert max(map(Decimal, offer["parts"])) - min(map(Decimal, offer["parts"])) <= Decimal(1)


def test_inactive_bins_and_installments_do_not_count(api, card):
    InstallmentFactory(card=card, is_active=False)
    assert api.get(URL, {"channel": card.channel_id, "bin": "411979"}).json()["installments"] == []
    services.bin_numbers.update(card.bin_numbers.get(), is_active=False)
    assert api.get(URL, {"channel": card.channel_id, "bin": "411979"}).status_code == 404


def test_another_channels_bin_does_not_match(api, card):
    other = ChannelFactory()
    response = api.get(URL, {"channel": other.pk, "bin": "411979"})
    assert response.status_code == 404
    assert response.json() == {"detail": "No card of the channel matches."}


def test_the_default_card_answers_for_unknown_bins(api, card):
    services.channels.update(card.channel, default_card=card)
    answer = api.get(URL, {"channel": card.channel_id, "bin": "999999"}).json()
    assert answer["is_default_card"] is True
    assert answer["bin_number"] is None
    assert answer["bin_number_length"] is None
    assert answer["card"]["pk"] == card.pk


def test_another_currency_has_pos_of_its_own(api, card):
    foreign = PosFactory(channel=card.channel, slug="fx")
    MultiCurrencyCardFactory(card=card, currency="USD", cash_payment=foreign, three_d_payment=None)
    usd = api.get(URL, {"channel": card.channel_id, "bin": "411979", "currency": "USD"}).json()["pos"]
    assert usd["cash_payment"]["pos"]["slug"] == "fx"
    assert usd["three_d_payment"] == {"pos": None, "reason": f"card {card.slug} has no 3-D POS for USD"}
    eur = api.get(URL, {"channel": card.channel_id, "bin": "411979", "currency": "EUR"}).json()["pos"]
    assert eur["cash_payment"] == {"pos": None, "reason": f"card {card.slug} has no POS for EUR"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "bin"),
        ({"bin": "41197"}, "bin"),
        ({"bin": "41197٩"}, "bin"),
        ({"bin": "411979", "channel": "x"}, "channel"),
        ({"bin": "411979", "currency": "XXQ"}, "currency"),
        ({"bin": "411979", "amount": "-1"}, "amount"),
        ({"bin": "411979", "amount": "1.001"}, "amount"),
        ({"bin": "411979", "amount": "NaN"}, "amount"),
        ({"bin": "411979", "amount": "1e500"}, "amount"),
        ({"bin": "411979", "colour": "red"}, "colour"),
    ],
)
def test_it_names_what_is_wrong(api, card, query, field):
    response = api.get(URL, {"channel": card.channel_id, **query})
    assert response.status_code == 400
    assert field in response.json()


@pytest.mark.parametrize(
    "sent",
    [
        "411979012",
        "4119790100000006",
        "4119 7901 0000 0006",
        "4119-7901-0000-0006",
        "%34%31%31%39%37%39%30%31%32",
    ],
)
def test_a_card_number_is_refused_and_shown_nowhere(api, card, sent, caplog):
    from urllib.parse import quote

    with caplog.at_level("INFO"):
        response = api.get(f"{URL}?channel={card.channel_id}&bin={quote(sent, safe='%')}")
    assert response.status_code == 400
    assert response.json() == {"bin": ["Send the first 6 to 8 digits only and never a card number."]}
    from config.process.observability import JsonFormatter, TextFormatter

    [logged] = [record for record in caplog.records if record.name == "payments.request"]
    for line in (JsonFormatter().format(logged), TextFormatter().format(logged)):
        assert "bin_numbers/match" in line
        assert "bin=********" in line
        assert "4119" not in line
