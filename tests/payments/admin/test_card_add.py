"""A card is made on one page: with POS, rates and BINs, all or nothing."""

import pytest

from payments.models import BinNumber, Card, Installment
from tests.support.factories import BankFactory, BinNumberFactory, CardTypeFactory, PosFactory
from tests.support.pages import add_url, errors_of, save


@pytest.fixture
def fields(channel):
    pos = PosFactory(channel=channel)
    return {
        "channel": channel.pk,
        "name": "Axess",
        "slug": "axess",
        "bank": BankFactory(channel=channel).pk,
        "card_type": CardTypeFactory(channel=channel).pk,
        "card_payment_type": "credit",
        "cash_payment": pos.pk,
        "rates": "1 0\n3 1,75\n6; 2.5 %; Altı taksit\n\n9\t3",
        "bins": "411111, 41111122;\n522222 522222",
    }


def test_everything_of_a_card_is_on_its_page(operator_pages, fields):
    page = save(operator_pages, add_url(Card), **fields)
    assert page.status_code == 302, errors_of(page)
    card = Card.objects.get()
    assert card.installment_payment_id == card.cash_payment_id == fields["cash_payment"]
    assert card.three_d_payment is None
    rates = Installment.objects.order_by("installment_count").values_list(
        "installment_count", "interest_rate", "label"
    )
    assert [(count, f"{rate.normalize():f}", label) for count, rate, label in rates] == [
        (1, "0", "Single payment"),
        (3, "1.75", "3 installments"),
        (6, "2.5", "Altı taksit"),
        (9, "3", "9 installments"),
    ]
    assert set(BinNumber.objects.values_list("bin_number", flat=True)) == {"411111", "41111122", "522222"}
    assert set(BinNumber.objects.values_list("channel", "is_active")) == {(fields["channel"], True)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rates", "three 1.5"),
        ("rates", "3"),
        ("rates", "0 1.5"),
        ("rates", "3 1.125"),  # or 1125
        ("rates", "3 -1"),
        ("rates", "3 NaN"),
        ("rates", "3 1\n3 2"),
        ("rates", "3 25"),  # above the usual bound
        ("rates", "3 1; " + "x" * 200),
        ("bins", "41111"),
        ("bins", "4111111"),
        ("bins", "abcdef"),
        ("bins", "٤١١١١١"),
        ("bins", " ".join(str(number) for number in range(100000, 100600))),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_understood_makes_nothing(operator_pages, fields, name, text):
    page = save(operator_pages, add_url(Card), **{**fields, name: text})
    assert list(errors_of(page)) == [name]
    assert not Card.objects.exists()
    assert not BinNumber.objects.exists()


def test_a_rate_above_the_bound_is_taken_by_choice(operator_pages, fields):
    page = save(operator_pages, add_url(Card), **{**fields, "rates": "3 25", "rates_are_right": "on"})
    assert page.status_code == 302, errors_of(page)
    assert Installment.objects.get().interest_rate == 25


def test_a_bin_of_another_card_is_named_with_its_card(operator_pages, card, fields):
    BinNumberFactory(card=card, bin_number="411111")
    page = save(operator_pages, add_url(Card), **fields)
    assert errors_of(page)["bins"] == [f"Already a BIN of another card: 411111 ({card.name})."]
    BinNumberFactory(bin_number="522222")  # of another channel
    page = save(operator_pages, add_url(Card), **{**fields, "bins": "522222"})
    assert page.status_code == 302, errors_of(page)


def test_a_card_number_among_the_bins_is_refused(operator_pages, fields):
    page = save(operator_pages, add_url(Card), **{**fields, "bins": "4111111111111111"})
    assert list(errors_of(page)) == ["bins"]
    assert "4111111111111111" not in page.content.decode()
    assert not Card.objects.exists()


def test_a_card_without_rates_and_bins_is_made_as_before(operator_pages, fields):
    page = save(operator_pages, add_url(Card), **{**fields, "rates": "", "bins": ""})
    assert page.status_code == 302, errors_of(page)
    assert Card.objects.exists()
