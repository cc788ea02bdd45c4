"""Which POS will this card use?"""

import pytest

from payments import services
from payments.models import POS
from tests.support.factories import BinNumberFactory, InstallmentFactory, PosFactory

URL = "/admin/payments/which-pos/"


@pytest.fixture
def ask(auditor_pages, channel):
    def post(**fields):
        return auditor_pages.post(URL, {"channel": channel.pk, "bin": "411111", "currency": "TRY"} | fields)

    return post


def test_it_shows_the_card_the_pos_and_the_terms(ask, card):
    BinNumberFactory(card=card, bin_number="411111")
    InstallmentFactory(card=card, installment_count=3, label="3 Taksit", interest_rate="1.5")
    page = ask(bin="41111122", amount="1000").content.decode()
    for text in (card.name, card.bank.name, card.cash_payment.name, "3 Taksit", "₺1,015.00", "₺338.34"):
        assert text in page
    assert "TRY is the channel&#x27;s currency" in page


def test_the_default_card_answers_for_unknown_bins(ask, card):
    assert "cannot be charged" in ask().content.decode()
    services.channels.update(card.channel, default_card=card)
    assert "default card is used" in ask().content.decode()


def test_a_currency_without_pos_is_named(ask, card):
    BinNumberFactory(card=card, bin_number="411111")
    assert "has no POS for USD" in ask(currency="USD").content.decode()


@pytest.mark.parametrize("number", ["4111111111111111", "4111 1111 1111 1111", "411111111"])
def test_a_card_number_is_refused_and_not_echoed(ask, card, number):
    page = ask(bin=number)
    assert "never a full card number" in str(page.context["form"].errors["bin"])
    assert number not in page.content.decode()
    assert "1111111" not in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bin", "41111"),
        ("bin", "abcdef"),
        ("bin", "٤١١١١١"),
        ("bin", "\x00"),
        ("amount", "-1"),
        ("amount", "1.001"),
        ("amount", "NaN"),
        ("amount", "9" * 30),
        ("currency", "XXL"),
        ("channel", "0"),
        ("channel", "x"),
    ],
)
def test_wrong_values_are_errors_of_their_fields(ask, card, field, value):
    assert list(ask(**{field: value}).context["form"].errors) == [field]


def test_nothing_is_asked_by_address(auditor_pages, card):
    page = auditor_pages.get(URL, {"bin": "411111", "channel": card.channel_id})
    assert not page.context["form"].is_bound


def test_an_answer_that_cannot_charge_says_so(ask, card, settings):
    """By the rule of the charge itself: the page must not promise what a charge refuses."""
    from billing.attempts import breaker

    BinNumberFactory(card=card, bin_number="411111")
    settings.GATEWAY_BREAKER_FAILURES = 1
    breaker.count_failure(card.cash_payment_id)
    assert "Its bank does not answer" in ask().content.decode()
    settings.PRODUCTION = True
    assert "It is a simulator" in ask().content.decode()
    POS.objects.filter(pk=card.cash_payment_id).update(is_approved=False)
    assert "approval of a second person" in ask().content.decode()
    POS.objects.filter(pk=card.cash_payment_id).update(config={"mode": "TEST"})
    assert "Test mode" in ask().content.decode()


def test_an_answer_that_can_charge_says_nothing_of_it(ask, card):
    BinNumberFactory(card=card, bin_number="411111")
    assert "cannot charge now" not in ask().content.decode()


def test_the_fallback_of_a_pos_that_is_switched_off_is_named(ask, card):
    BinNumberFactory(card=card, bin_number="411111")
    fallback = PosFactory(channel=card.channel, name="The other one")
    services.cards.update(card, fallback_payment=fallback)
    assert "The other one" not in ask().content.decode()
    services.pos.update(card.cash_payment, is_active=False)
    page = ask().content.decode()
    assert "It is switched off" in page
    assert "The other one" in page
    services.pos.update(fallback, is_active=False)
    assert "The other one" not in ask().content.decode()
