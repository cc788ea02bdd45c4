"""Pages of single objects: the services' rules, tables in tabs, deleting, and what a page costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.models import Bank, BankAccount, Card, Channel, Installment, MultiCurrencyCard, PaymentOption
from tests.support import factories
from tests.support.pages import add_url, errors_of, form_data, page_url, save


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "factory", [factories.InstallmentFactory, factories.MultiCurrencyCardFactory, factories.BinNumberFactory]
)
def test_a_card_page_costs_the_same_queries_whatever_its_rows(admin_pages, auditor_pages, card, factory):
    def rows(codes):
        for code in codes:
            extra = {"currency": code} if factory is factories.MultiCurrencyCardFactory else {}
            factory(card=card, **extra)

    rows(["USD", "EUR"])
    for client in (admin_pages, auditor_pages):
        client.get(page_url(card))
        few = queries(client, page_url(card))
        if client is admin_pages:
            rows(["GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK"])
            assert queries(client, page_url(card)) == few <= 26


def test_a_bank_page_costs_the_same_queries_whatever_its_accounts(admin_pages, channel):
    bank = factories.BankFactory(channel=channel)
    factories.BankAccountFactory.create_batch(2, bank=bank)
    admin_pages.get(page_url(bank))
    few = queries(admin_pages, page_url(bank))
    factories.BankAccountFactory.create_batch(15, bank=bank)
    assert queries(admin_pages, page_url(bank)) == few


def test_the_tab_of_bins_shows_one_page_and_searches(admin_pages, card):
    for number in range(30):
        factories.BinNumberFactory(card=card, bin_number=f"{410000 + number}")
    factories.BinNumberFactory(bin_number="499999")  # of another card
    page = admin_pages.get(page_url(card)).content.decode()
    assert page.count("/payments/binnumber/") <= 30
    assert "410019" in page
    assert "410020" not in page
    assert "499999" not in page
    found = admin_pages.get(page_url(card), {"binnumber-q": "41002"}).content.decode()
    assert "410025" in found
    assert "410011" not in found
    assert "410020" in admin_pages.get(page_url(card), {"binnumber-p": "2"}).content.decode()


@pytest.mark.parametrize(
    "query", ["binnumber-p=-1", "binnumber-p=999", "binnumber-p=x", "binnumber-q=%00", "o=99"]
)
def test_strange_queries_of_the_tab_are_no_errors(admin_pages, card, query):
    factories.BinNumberFactory.create_batch(25, card=card)
    assert admin_pages.get(f"{page_url(card)}?{query}").status_code == 200


def test_tabs_are_saved_through_the_services(admin_pages, card):
    changes = {
        "installments-TOTAL_FORMS": 1,
        "installments-0-card": card.pk,
        "installments-0-installment_count": 3,
        "installments-0-label": "3 Taksit",
        "installments-0-interest_rate": "1.5",
        "multi_currency_cards-TOTAL_FORMS": 1,
        "multi_currency_cards-0-card": card.pk,
        "multi_currency_cards-0-currency": "USD",
        "multi_currency_cards-0-cash_payment": card.cash_payment_id,
        "multi_currency_cards-0-installment_payment": card.cash_payment_id,
    }
    response = save(admin_pages, page_url(card), **changes)
    assert response.status_code == 302, errors_of(response)
    assert Installment.objects.get(card=card).label == "3 Taksit"
    assert MultiCurrencyCard.objects.get(card=card).three_d_payment is None
    rate = Installment.objects.get(card=card)
    gone = {"installments-0-id": rate.pk, "installments-0-DELETE": "on"}
    save(admin_pages, page_url(card), **gone)
    assert not Installment.objects.exists()


def test_rules_of_a_tab_are_errors_of_its_row(admin_pages, card):
    foreign = factories.PosFactory()
    changes = {
        "multi_currency_cards-TOTAL_FORMS": 1,
        "multi_currency_cards-0-card": card.pk,
        "multi_currency_cards-0-currency": "USD",
        "multi_currency_cards-0-cash_payment": foreign.pk,
        "multi_currency_cards-0-installment_payment": foreign.pk,
    }
    page = save(admin_pages, page_url(card), **changes)
    assert page.status_code == 200
    assert "belong to the card&#x27;s channel" in page.content.decode()


def test_an_account_takes_the_channel_of_its_bank_and_asks_about_a_wrong_iban(admin_pages, channel):
    bank = factories.BankFactory(channel=channel)
    changes = {
        "accounts-TOTAL_FORMS": 1,
        "accounts-0-bank": bank.pk,
        "accounts-0-slug": "main",
        "accounts-0-holder_name": "Company",
        "accounts-0-iban": "tr330006100519786457841327",
        "accounts-0-sort_order": 0,
        "accounts-0-is_active": "on",
    }
    asked = save(admin_pages, page_url(bank), **changes)
    assert "If it is right, save again." in asked.content.decode()
    assert not BankAccount.objects.exists()
    grouped = "TR33 0006 1005 1978 6457 8413 27"
    page = save(admin_pages, page_url(bank), **changes, **{"accounts-0-iban-asked-about": grouped})
    assert page.status_code == 302, errors_of(page)
    account = BankAccount.objects.get(bank=bank)
    assert (account.channel, account.iban) == (channel, grouped)
    warned = admin_pages.get(page_url(bank)).content.decode()
    assert f"{grouped}: The check digits" in warned
    again = changes | {
        "accounts-1-slug": "other",
        "accounts-1-iban": grouped,
        "accounts-1-iban-asked-about": grouped,
    }
    again |= {
        "accounts-0-id": BankAccount.objects.get().pk,
        "accounts-1-bank": bank.pk,
        "accounts-TOTAL_FORMS": 2,
    }
    again |= {"accounts-1-holder_name": "Company", "accounts-1-sort_order": 0}
    assert "already" in save(admin_pages, page_url(bank), **again).content.decode()


def test_a_card_of_two_channels_is_refused_in_words(admin_pages, card):
    foreign = factories.BankFactory()
    page = save(admin_pages, page_url(card), bank=foreign.pk)
    assert "Bank and card type must belong to the card&#x27;s channel." in page.content.decode()


def test_a_new_card_goes_on_to_its_tabs(admin_pages, card):
    other = factories.CardTypeFactory(channel=card.channel)
    data = form_data(admin_pages.get(add_url(Card))) | {
        "channel": card.channel_id,
        "name": "World",
        "slug": "world",
        "bank": card.bank_id,
        "card_type": other.pk,
        "card_payment_type": "debit",
        "cash_payment": card.cash_payment_id,
        "installment_payment": card.cash_payment_id,
    }
    response = admin_pages.post(add_url(Card), data)
    assert response.status_code == 302, errors_of(response)
    assert response.url == page_url(Card.objects.get(slug="world"))


def test_broken_unique_sets_name_their_fields(admin_pages, card):
    data = form_data(admin_pages.get(page_url(card)))
    names = ("name", "slug", "bank", "card_type", "cash_payment", "installment_payment", "card_payment_type")
    data = {name: data[name] for name in names} | {"channel": card.channel_id}
    page = admin_pages.post(add_url(Card), data)
    assert len(errors_of(page)["__all__"]) == 2


def test_json_has_to_be_an_object(admin_pages, channel):
    name = "other_settings"
    assert name in errors_of(save(admin_pages, page_url(channel), **{name: "[1]"}))
    assert name in errors_of(save(admin_pages, page_url(channel), **{name: "{"}))
    assert save(admin_pages, page_url(channel), **{name: '{"a": 1}'}).status_code == 302
    assert Channel.objects.get().conf == {"a": 1}
    assert save(admin_pages, page_url(channel), **{name: ""}).status_code == 302
    assert Channel.objects.get().conf == {}


def test_deleting_what_is_in_use_says_what_uses_it(admin_pages, card):
    page = admin_pages.get(page_url(card.bank, "delete")).content.decode()
    assert "1 Cards" in page
    assert f"/admin/payments/card/?bank__id__exact={card.bank_id}" in page
    admin_pages.post(page_url(card.bank, "delete"), {"post": "yes"})
    assert Bank.objects.filter(pk=card.bank_id).exists()
    pos = admin_pages.get(page_url(card.cash_payment, "delete")).content.decode()
    assert f"/admin/payments/card/?pos={card.cash_payment_id}" in pos


def test_what_is_free_can_be_deleted(admin_pages, channel):
    bank = factories.BankFactory(channel=channel)
    assert admin_pages.post(page_url(bank, "delete"), {"post": "yes"}).status_code == 302
    assert not Bank.objects.exists()


@pytest.mark.parametrize("factory", [factories.BankAccountFactory, factories.PaymentOptionFactory])
def test_accounts_and_options_are_not_deleted(admin_pages, factory):
    instance = factory()
    assert admin_pages.post(page_url(instance, "delete"), {"post": "yes"}).status_code == 403
    assert type(instance).objects.exists()


def test_look_ups_stay_in_the_channel_of_the_form(admin_pages, card):
    factories.BankFactory(name="Elsewhere")
    query = {"app_label": "payments", "model_name": "card", "field_name": "bank", "channel": card.channel_id}
    results = admin_pages.get("/admin/autocomplete/", query).json()["results"]
    assert [item["text"] for item in results] == [f"{card.bank} · Shop"]
    assert admin_pages.get("/admin/autocomplete/", query | {"term": "\x00"}).status_code == 200
    assert admin_pages.get("/admin/autocomplete/", query | {"channel": "9" * 30}).status_code == 200


@pytest.mark.parametrize("value", ["\x00", "x" * 10_000, "' OR 1=1 --", "🙂" * 200])
def test_hostile_text_is_an_error_or_text(admin_pages, channel, value):
    option = factories.PaymentOptionFactory(channel=channel)
    assert save(admin_pages, page_url(option), name=value, slug=value).status_code == 200
    assert PaymentOption.objects.get().name == option.name


def test_currencies_are_chosen_from_a_list(admin_pages, channel):
    assert "default_currency" in errors_of(save(admin_pages, page_url(channel), default_currency="XXL"))
    response = save(admin_pages, page_url(channel), default_currency="EUR")
    assert response.status_code == 302, errors_of(response)
