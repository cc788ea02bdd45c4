"""A large table of payments: every way to look for one is served by an index."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Payment
from config.kit.lib.days import today
from tests.billing.owed import reserve
from tests.support.database import shared_rows
from tests.support.factories import BillFactory
from tests.support.many import copy_rows
from tests.support.pages import list_url

ROWS = 60_000


def make_many() -> None:
    """60,000 payments of 40 days (copies of one), as the planner sees them after ANALYZE."""
    payment = reserve(BillFactory(number=54321))
    copy_rows(
        payment,
        ROWS,
        order_id="'ORDER-' || n",
        masked_card="'411111******' || lpad((n % 9973)::text, 4, '0')",
        host_reference="'REF-' || n",
        transaction_id="'TRAN-' || n",
        created_date="now() - n * interval '1 minute'",
        amount="(n % 5000 + 1) / 4.0",
        reason="CASE WHEN n % 500 = 0 THEN 'insufficient_funds' WHEN n % 10 = 0 THEN 'refused' ELSE '' END",
        installments="CASE WHEN n % 100 = 0 THEN 3 ELSE 1 END",
        source="CASE WHEN n % 100 = 0 THEN 'bimetri' ELSE 'api' END",
        state="CASE WHEN n % 1000 = 0 THEN 'unknown' ELSE 'declined' END",
    )


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    with shared_rows(django_db_blocker):
        make_many()
        yield


def day(ago: int) -> str:
    return (today() - timedelta(days=ago)).isoformat()


def test_no_way_of_looking_on_the_desk_reads_the_whole_table(admin_pages, many):
    queries = [
        {},
        *({"q": term} for term in ("ORDER-777", "REF-777", "TRAN-777", "0042", "54321")),
        {"state": "unknown"},
        {"state": "open"},
        {"created_date_from": day(30), "created_date_to": day(29)},
        {"created_date_to": day(35), "state": "declined"},
        *({"period": period} for period in ("today", "yesterday", "week", "month")),
        {"amount_from": "77,25", "amount_to": "77,25"},
        {"reason": "insufficient_funds"},
        {"installments": "3"},
        {"installments": "any"},
        {"source": "bimetri"},
        {"reason": "insufficient_funds", "period": "month"},
    ]
    for query in queries:
        found = admin_pages.get(list_url(Payment), query).context["cl"]
        plan = found.queryset[:50].explain()
        assert "Seq Scan on billing_payment" not in plan, (query, plan)
        assert "Index" in plan


def test_no_filter_of_the_api_reads_the_whole_table(api, many):
    queries = [
        "",
        "?status=unknown",
        "?masked_card=411111******0042",
        "?bank_reference=REF-777",
        "?bill=54321",
        "?order_id=ORDER-777",
        f"?created_date__gte={day(30)}&created_date__lt={day(29)}",
    ]
    for query in queries:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(f"/api/v1/payments/{query}").status_code == 200
        asked = [item["sql"] for item in captured if 'FROM "billing_payment" ' in item["sql"]]
        (page,) = [sql for sql in asked if "COUNT(" not in sql]
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + page)
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on billing_payment " not in plan, (query, plan)
