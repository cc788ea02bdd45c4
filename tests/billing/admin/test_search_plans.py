"""The search box at 60,000 rows of each kind: no look-up reads a large table whole."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Account
from config.kit.lib.days import today
from tests.billing.owed import reserve
from tests.support.database import shared_rows
from tests.support.factories import BillFactory, BinNumberFactory, UserFactory
from tests.support.many import copy_rows
from tests.support.pages import list_url

ROWS = 60_000
LARGE = ("billing_payment", "billing_account", "billing_bill", "billing_subscription", "payments_binnumber")
SCAN = re.compile(rf"Scan[^\n]* on ({'|'.join(LARGE)}) ")

TYPED = [
    "order-777",
    "ORDER-777",
    "REF-777",
    "54321",
    "1000777",
    "N-777",
    "0042",
    "0042 12,50",
    "0042 12,50 bugün",
    "12,50",
    "12,50 dün",
    "1.234",
    f"{today():%d.%m.%Y}",
    "411111",
    "41111122",
    "yılmaz 777",
    "işçi",
    "ali",
    "nobody of that name",
    "customer777@example.com",
    "0532 000 07 77",
    "05320 00",
]


def make_many() -> None:
    bill = BillFactory(number=54321)
    payment = reserve(bill)
    days = "now() - n * interval '1 minute'"
    copy_rows(
        payment.account,
        ROWS,
        account_number="'N-' || n",
        name="(ARRAY['Ali', 'Ayşe', 'Işık', 'Zeynep'])[n % 4 + 1] || ' Yılmaz ' || n",
        email="'customer' || n || '@example.com'",
        phone="'0532 ' || lpad(n::text, 7, '0')",
    )
    copy_rows(bill.subscription, ROWS, number="1000000 + n")
    copy_rows(bill, ROWS, number="1000000 + n")
    copy_rows(
        payment,
        ROWS,
        order_id="'order-' || n",
        masked_card="'411111******' || lpad((n % 9973)::text, 4, '0')",
        host_reference="'REF-' || n",
        transaction_id="'TRAN-' || n",
        auth_code="lpad((n % 9000)::text, 6, '0')",
        amount="(n % 5000 + 1) / 4.0",
        created_date=days,
        state="'declined'",
    )
    row = BinNumberFactory(bin_number="411111")
    copy_rows(row, ROWS, bin_number="(20000000 + n)::text")


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    with shared_rows(django_db_blocker):
        make_many()
        yield


@pytest.fixture
def desk(many, db) -> Client:
    client = Client()
    client.force_login(UserFactory(username="olga", is_superuser=True))
    assert User.objects.count() < 10
    return client


@pytest.mark.parametrize("typed", TYPED)
def test_no_search_reads_a_large_table_whole(desk, typed):
    with CaptureQueriesContext(connection) as captured:
        assert desk.post("/admin/search/", {"q": typed, "part": "list"}).status_code == 200
    looked = [query["sql"] for query in captured if any(f'FROM "{table}"' in query["sql"] for table in LARGE)]
    assert looked
    for sql in looked:
        assert not scans_without_condition(sql), sql


def scans_without_condition(sql: str) -> list[str]:
    """Nodes of the plan that read one of the large tables, or its index, from the first row to the last."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        lines = [line for (line,) in cursor.fetchall()]
    nodes = "\n".join(lines).split("->")
    return [node for node in nodes if SCAN.search(node) and not re.search("Index Cond|Recheck Cond", node)]


@pytest.mark.parametrize(
    "typed", ["işçi", "ali", "yılmaz 777", "N-777", "customer777@example.com", "0532 000 07 77"]
)
def test_the_list_of_accounts_is_searched_by_indexes(desk, typed):
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(list_url(Account), {"q": typed}).status_code == 200
    looked = [query["sql"] for query in captured if 'FROM "billing_account"' in query["sql"]]
    assert looked
    assert not [sql for sql in looked if scans_without_condition(sql)]
