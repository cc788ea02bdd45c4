"""Lists: what they cost, how they are searched and filtered, and what an export holds."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from config.kit.lib.days import day_of
from payments import services
from payments.models import (
    POS,
    Bank,
    BankAccount,
    BinNumber,
    Card,
    CardType,
    Channel,
    Installment,
    MultiCurrencyCard,
    PaymentOption,
)
from tests.support import factories
from tests.support.pages import list_url

FACTORIES = {
    Channel: factories.ChannelFactory,
    POS: factories.PosFactory,
    Bank: factories.BankFactory,
    BankAccount: factories.BankAccountFactory,
    CardType: factories.CardTypeFactory,
    Card: factories.CardFactory,
    MultiCurrencyCard: factories.MultiCurrencyCardFactory,
    BinNumber: factories.BinNumberFactory,
    Installment: factories.InstallmentFactory,
    PaymentOption: factories.PaymentOptionFactory,
}
IBAN_OF_THE_BANK = "TR330006100519786457841326"


def queries_of(client, url: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("model", FACTORIES, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_queries_whatever_its_rows(admin_pages, model):
    FACTORIES[model].create_batch(2)
    admin_pages.get(list_url(model))
    few = queries_of(admin_pages, list_url(model))
    FACTORIES[model].create_batch(20)
    many = queries_of(admin_pages, list_url(model))
    assert len(many) == len(few) <= 10


def test_the_bin_list_counts_no_more_than_its_bound(admin_pages, card):
    factories.BinNumberFactory.create_batch(3, card=card)
    counts = [sql for sql in queries_of(admin_pages, list_url(BinNumber)) if "COUNT(" in sql]
    assert counts
    assert all("LIMIT 10001" in sql for sql in counts)


def test_a_long_list_says_that_it_is_longer(admin_pages, card, monkeypatch):
    monkeypatch.setattr("config.kit.admin.paginator.BoundedPaginator.bound", 60)
    factories.BinNumberFactory.create_batch(70, card=card)
    assert "More than 60 BINs" in admin_pages.get(list_url(BinNumber)).content.decode()


def test_bins_are_searched_by_their_first_digits_with_the_index(admin_pages, card):
    factories.BinNumberFactory(card=card, bin_number="411111")
    others = [f"{number}" for number in range(500_000, 505_000)]
    BinNumber.objects.bulk_create(
        BinNumber(card=card, channel=card.channel, bin_number=number) for number in others
    )
    page = admin_pages.get(list_url(BinNumber), {"q": "4111"})
    assert [str(row) for row in page.context["cl"].result_list] == ["411111"]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_binnumber")
        plan = page.context["cl"].queryset.order_by().explain()
    assert "payments_binnumber_bin_channel" in plan
    assert "~>=~" in plan or ">=" in plan


def test_a_card_number_in_the_search_is_refused_and_not_echoed(admin_pages):
    page = admin_pages.get(list_url(BinNumber), {"q": "4111 1111 1111 1111"}, follow=True)
    assert "Never enter a card number" in page.content.decode()
    assert "4111 1111" not in page.content.decode()


def test_lists_filter_by_channel_and_by_days(admin_pages):
    one, two = factories.BankFactory.create_batch(2)
    url = list_url(Bank)
    found = admin_pages.get(url, {"channel__id__exact": one.channel_id}).context["cl"].result_list
    assert list(found) == [one]
    day = day_of(two.modified_date).isoformat()
    inside = admin_pages.get(url, {"modified_date_from": day, "modified_date_to": day})
    assert len(inside.context["cl"].result_list) == 2
    assert not admin_pages.get(url, {"modified_date_to": "2001-01-01"}).context["cl"].result_list


@pytest.mark.parametrize(
    "query", ["channel__id__exact=x", "p=-1", "p=99999", "modified_date_from=x", "e=%00", "nope=1"]
)
def test_strange_queries_are_no_errors(admin_pages, query):
    assert admin_pages.get(f"{list_url(Bank)}?{query}", follow=True).status_code == 200
    assert admin_pages.get(f"{list_url(Bank)}export_csv/?{query}", follow=True).status_code == 200


def test_regular_expressions_are_not_taken_from_the_address(admin_pages):
    for url in (list_url(Bank), f"{list_url(Bank)}export_csv/"):
        assert admin_pages.get(url, {"name__regex": "("}).status_code == 400


def test_pos_are_filtered_by_mode_and_gateway(admin_pages, channel):
    config = {"username": "u", "store_key": "123456", "password": "p", "client_id": "c", "mode": "PROD"}
    live = factories.PosFactory(channel=channel, gateway=factories.NESTPAY, config=config)
    factories.PosFactory(channel=channel)
    for query in ({"mode": "PROD"}, {"gateway": "nestpay"}):
        assert list(admin_pages.get(list_url(POS), query).context["cl"].result_list) == [live]


def test_cards_are_filtered_by_a_pos_in_any_role_and_by_missing_3d(admin_pages, card):
    other = factories.CardFactory(channel=card.channel, three_d_payment=None)
    url = list_url(Card)
    assert list(admin_pages.get(url, {"pos": card.three_d_payment_id}).context["cl"].result_list) == [card]
    assert list(admin_pages.get(url, {"three_d": "no"}).context["cl"].result_list) == [other]


def test_an_iban_with_wrong_check_digits_is_marked(admin_pages):
    factories.BankAccountFactory(iban=IBAN_OF_THE_BANK)
    assert "check digits" not in admin_pages.get(list_url(BankAccount)).content.decode()
    factories.BankAccountFactory(iban="TR330006100519786457841327")
    assert "check digits of this IBAN" in admin_pages.get(list_url(BankAccount)).content.decode()


def export(client, model, kind: str, query: str = "") -> bytes:
    response = client.get(f"{list_url(model)}export_{kind}/{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_a_csv_export_holds_the_filtered_rows(admin_pages, card):
    factories.BinNumberFactory(card=card, bin_number="411111")
    factories.BinNumberFactory(card=card, bin_number="541111")
    text = export(admin_pages, BinNumber, "csv", "?q=4111").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Bin number"], row["Card"], row["Channel"]) for row in rows] == [("411111", "Bonus", "Shop")]


def test_an_xlsx_export_is_a_workbook(admin_pages, card):
    sheet = load_workbook(io.BytesIO(export(admin_pages, Card, "xlsx"))).active
    header, row = sheet.iter_rows(values_only=True)
    assert dict(zip(header, row, strict=True))["Name"] == "Bonus"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_has_no_secret_and_runs_no_formula(admin_pages, channel, kind):
    config = {"username": "u", "store_key": "geheim-1", "password": "geheim-2", "client_id": "=1+1"}
    factories.PosFactory(channel=channel, name="=HYPERLINK(1)", gateway=factories.NESTPAY, config=config)
    data = export(admin_pages, POS, kind)
    if kind == "xlsx":
        text = "\n".join(str(cell) for row in load_workbook(io.BytesIO(data)).active.values for cell in row)
    else:
        text = data.decode()
    assert "geheim" not in text
    assert "'=HYPERLINK(1)" in text


def test_an_export_costs_the_same_queries_whatever_its_rows(admin_pages, card, django_assert_num_queries):
    factories.BinNumberFactory.create_batch(3, card=card)
    url = f"{list_url(BinNumber)}export_csv/"
    b"".join(admin_pages.get(url).streaming_content)  # the first request of a session also notes its use
    with CaptureQueriesContext(connection) as few:
        b"".join(admin_pages.get(url).streaming_content)
    factories.BinNumberFactory.create_batch(30, card=card)
    with django_assert_num_queries(len(few)):
        b"".join(admin_pages.get(url).streaming_content)


def test_the_export_links_keep_the_filter(admin_pages, card):
    page = admin_pages.get(list_url(BinNumber), {"q": "4111"}).content.decode()
    assert "export_csv/?q=4111" in page


def test_rows_are_switched_off_and_on_through_the_service(admin_pages):
    account = factories.BankAccountFactory()
    data = {"action": "switch_off", "_selected_action": [account.pk]}
    page = admin_pages.post(list_url(BankAccount), data, follow=True)
    account.refresh_from_db()
    assert not account.is_active
    assert "Deactivated: 1" in page.content.decode()


def test_an_action_on_too_many_rows_is_refused(admin_pages, channel, monkeypatch):
    monkeypatch.setattr("config.kit.admin.service_admin.BULK_ROWS", 3)
    factories.PaymentOptionFactory.create_batch(5, channel=channel)
    data = {"action": "switch_off", "_selected_action": [1], "select_across": "1"}
    page = admin_pages.post(list_url(PaymentOption), data, follow=True)
    assert "limited to 3 rows" in page.content.decode()
    assert PaymentOption.objects.filter(is_active=True).count() == 5


def test_what_is_in_use_is_not_deleted_in_bulk(admin_pages, card):
    free = factories.BankFactory(channel=card.channel)
    data = {"action": "delete_selected", "_selected_action": [free.pk, card.bank_id], "post": "yes"}
    page = admin_pages.post(list_url(Bank), data).content.decode()
    assert "1 Cards" in page
    assert f"/admin/payments/card/?bank__id__exact={card.bank_id}" in page
    assert Bank.objects.filter(pk=free.pk).exists()


def test_what_is_free_is_deleted_in_bulk(admin_pages, channel):
    banks = factories.BankFactory.create_batch(2, channel=channel)
    data = {"action": "delete_selected", "_selected_action": [bank.pk for bank in banks]}
    assert "Are you sure" in admin_pages.post(list_url(Bank), data).content.decode()
    admin_pages.post(list_url(Bank), data | {"post": "yes"})
    assert not Bank.objects.exists()


def test_a_row_that_is_put_to_use_meanwhile_stops_the_whole_bulk(admin_pages, card, monkeypatch):
    free = factories.BankFactory(channel=card.channel)
    monkeypatch.setattr(type(services.banks), "usage", lambda self, instance: {})
    data = {"action": "delete_selected", "_selected_action": [free.pk, card.bank_id], "post": "yes"}
    page = admin_pages.post(list_url(Bank), data, follow=True)
    assert page.status_code == 200
    assert Bank.objects.filter(pk=free.pk).exists()
