"""The pages of the browsable API beside large tables: their forms ask for ids, and load no table."""

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Account, Subscription
from payments.models import POS, Bank, Card, CardType
from tests.conftest import client_of
from tests.support.database import shared_rows
from tests.support.factories import BillFactory, CardFactory, ChannelFactory, UserFactory
from tests.support.many import KEYS, copy_rows

COUNT = 20_000
MOST_STATEMENTS = 12
RESOURCES = (
    "channels", "pos", "banks", "card_types", "cards", "multi_currency_cards", "bin_numbers", "installments",
    "bank_accounts", "payment_options", "accounts", "subscriptions", "bills", "billing_addresses", "payment_methods",
    "payments", "refunds",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _many(django_db_setup, django_db_blocker):
    with shared_rows(django_db_blocker):
        card = CardFactory(channel=ChannelFactory())
        copied = {"name": "'Copy ' || n", "slug": "'copy-' || n"}
        for row in (card.bank, card.card_type, card.cash_payment):
            copy_rows(row, COUNT, **copied)
        copy_rows(card, COUNT, **copied, bank_id=f"{KEYS} + n")
        bill = BillFactory()
        copy_rows(bill.subscription.account, COUNT, account_number="'N-' || n", name="'Copy ' || n")
        copy_rows(bill.subscription, COUNT, account_id=f"{KEYS} + n", number="1000 + n", name="'Copy ' || n")
        yield


@pytest.fixture
def page(db):
    client = client_of(UserFactory(is_superuser=True))
    return lambda path: client.get(path, headers={"Accept": "text/html"})


def test_the_tables_are_large():
    assert all(model.objects.count() > COUNT for model in (Bank, CardType, POS, Card, Account, Subscription))


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_list_page_loads_no_table(resource, page):
    page(f"/api/v1/{resource}/?limit=1")  # templates are compiled once
    started = time.monotonic()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = page(f"/api/v1/{resource}/?limit=1")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.count("Copy ") < 10
    assert html.count("<option") < 400  # choices of ours: gateways, kinds, currencies
    assert len(queries) <= MOST_STATEMENTS, [query["sql"][:200] for query in queries]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("resource", ["cards", "banks", "subscriptions"])
def test_an_objects_page_shows_ids_in_its_form(resource, page):
    answer = page(f"/api/v1/{resource}/{KEYS + 7}/")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.count("<option") < 400
    field = "account" if resource == "subscriptions" else "channel"
    assert re.search(rf'<input name="{field}"[^>]*type="number"[^>]*value="\d+"', html)


def test_the_form_of_filters_asks_for_ids(page):
    html = page("/api/v1/cards/?limit=1").content.decode()
    for name in ("bank", "card_type", "cash_payment", "channel"):
        assert re.search(rf'<input type="number" name="{name}"', html), name
    assert page(f"/api/v1/cards/?limit=1&bank={KEYS + 7}").status_code == 200
