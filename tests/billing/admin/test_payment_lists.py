"""The payments list: filters as people ask for them, and the totals of what they select."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.admin import payment_totals
from billing.models import Payment
from config.kit.admin.paginator import BoundedPaginator
from config.kit.lib.days import start_of, today
from tests.billing.owed import reserve
from tests.support.factories import AccountFactory, BillFactory, SubscriptionFactory
from tests.support.pages import found, list_url


def payment_of(amount: str, currency: str = "TRY", **columns) -> Payment:
    """A payment with any columns, as a bank and the years would have left it."""
    subscription = SubscriptionFactory(account=AccountFactory(currency=currency))
    payment = reserve(BillFactory(amount=Decimal(amount), currency=currency, subscription=subscription))
    if columns:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would see the changes
            cursor.execute("SET session_replication_role = replica")
            Payment.objects.filter(pk=payment.pk).update(**columns)
            cursor.execute("SET session_replication_role = origin")
        payment.refresh_from_db()
    return payment


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ({"amount_from": "1.234,56"}, ["1234.56", "5000"]),
        ({"amount_from": "1,234.57"}, ["5000"]),
        ({"amount_to": "1234,56"}, ["10.50", "1234.56"]),
        ({"amount_from": "10,5", "amount_to": "10.50"}, ["10.50"]),
        ({"amount_from": "", "amount_to": ""}, ["10.50", "1234.56", "5000"]),
    ],
)
def test_amounts_are_filtered_as_they_are_typed(admin_pages, db, query, amounts):
    for amount in ("10.50", "1234.56", "5000"):
        payment_of(amount)
    assert sorted(payment.amount for payment in found(admin_pages, Payment, **query)) == [
        Decimal(amount) for amount in amounts
    ]


@pytest.mark.parametrize("typed", ["1.234", "abc", "1e5", "9" * 40 + ",,"])
def test_an_amount_that_could_be_two_or_none_selects_nothing_and_is_told(admin_pages, db, typed):
    payment_of("1234")
    response = admin_pages.get(list_url(Payment), {"amount_from": typed})
    assert list(response.context["cl"].result_list) == []
    assert [str(message) for message in response.context["messages"]]


def test_both_readings_of_an_ambiguous_amount_are_shown(admin_pages, db):
    page = admin_pages.get(list_url(Payment), {"amount_from": "1.234"}).content.decode()
    assert "can mean" in page
    assert "1,234" in page


@pytest.mark.parametrize("period", ["today", "yesterday", "week", "month", "always", ""])
def test_periods_are_local_days(admin_pages, db, period):
    now = today()
    starts = {
        "today": now,
        "yesterday": now - timedelta(days=1),
        "week": now - timedelta(days=now.weekday()),
        "month": now.replace(day=1),
    }
    first = start_of(starts.get(period, now))
    inside = payment_of("1", created_date=first)
    before = payment_of("2", created_date=first - timedelta(seconds=1))
    expected = [inside] if period in starts else [inside, before]
    assert found(admin_pages, Payment, period=period) == expected


def test_yesterday_ends_at_midnight(admin_pages, db):
    payment_of("1", created_date=start_of(today()))
    last = payment_of("2", created_date=start_of(today()) - timedelta(microseconds=1))
    assert found(admin_pages, Payment, period="yesterday") == [last]


def test_reason_installments_and_source(admin_pages, db):
    plain = payment_of("1")
    declined = payment_of("2", state="declined", reason="insufficient_funds")
    three = payment_of("3", installments=3)
    portal = payment_of("4", source="bimetri")
    assert found(admin_pages, Payment, reason="insufficient_funds") == [declined]
    assert found(admin_pages, Payment, installments="3") == [three]
    assert found(admin_pages, Payment, installments="any") == [three]
    assert found(admin_pages, Payment, source="bimetri") == [portal]
    assert plain in found(admin_pages, Payment, source="api")


def test_totals_are_of_what_is_filtered_for_each_currency(admin_pages, db):
    payment_of("1234.50", state="captured", captured_amount="1234.50", refunded_amount="34.50")
    payment_of("10")
    payment_of("99.90", currency="EUR")
    totals = admin_pages.get(list_url(Payment)).context["totals"]
    assert [(total.count, total.amount, total.captured, total.refunded) for total in totals] == [
        (1, "€99.90", "€0.00", "€0.00"),
        (2, "₺1,244.50", "₺1,234.50", "₺34.50"),
    ]
    (total,) = admin_pages.get(list_url(Payment), {"amount_from": "1.234,5"}).context["totals"]
    assert (total.count, total.amount) == (1, "₺1,234.50")


def test_a_part_of_the_rows_has_no_total(admin_pages, db, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "bound", 1)
    payment_of("1")
    payment_of("2")
    with CaptureQueriesContext(connection) as captured:
        response = admin_pages.get(list_url(Payment))
    assert response.context["totals"] is None
    assert not [query for query in captured if "SUM(" in query["sql"]]
    assert payment_totals.PaymentTotalsMixin.list_before_template in [t.name for t in response.templates]


def test_a_period_keeps_the_other_filters_in_its_address(admin_pages, db):
    payment_of("1")
    query = {"state": "created", "created_date_from": "2020-01-01", "period": "today"}
    links = {
        label: url for label, url, _chosen in admin_pages.get(list_url(Payment), query).context["periods"]
    }
    assert links["Yesterday"] == "?period=yesterday&state=created"
    assert links["Today"] == "?state=created"
