"""Lists of what is owed: filters, order, forms, cost, and who may see them."""

import csv
import io

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import client_of
from tests.support.factories import (
    AccountFactory,
    BillFactory,
    BillingAddressFactory,
    PaymentMethodFactory,
    SourceSystemFactory,
    SubscriptionFactory,
    TenantFactory,
    UserFactory,
)

RESOURCES = {
    "accounts": AccountFactory,
    "subscriptions": SubscriptionFactory,
    "bills": BillFactory,
    "billing_addresses": BillingAddressFactory,
    "payment_methods": PaymentMethodFactory,
}


@pytest.fixture(params=RESOURCES)
def resource(request):
    return request.param


def numbers(response) -> list[int]:
    assert response.status_code == 200, response.json()
    return [row["number"] for row in response.json()["results"]]


@pytest.fixture
def bills(db):
    account = AccountFactory(account_number="A-1")
    first, second = (SubscriptionFactory(account=account, number=number) for number in (10, 20))
    rows = [
        BillFactory(subscription=first, number=1, amount="10", issued_on="2026-01-01", due_on="2026-01-31"),
        BillFactory(
            subscription=first, number=2, amount="20.50", issued_on="2026-02-01", due_on="2026-02-28"
        ),
        BillFactory(subscription=second, number=3, amount="30", issued_on="2026-03-01", due_on="2026-03-31"),
        BillFactory(number=4, amount="40", issued_on="2026-04-01", due_on="2026-04-30"),
    ]
    return {"account": account.pk, "first": first.pk, "second": second.pk, "pk": rows[0].pk}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("account={account}", [1, 2, 3]),
        ("account__in={account}", [1, 2, 3]),
        ("subscription={first}", [1, 2]),
        ("subscription__in={first},{second}", [1, 2, 3]),
        ("subscription__in=999999999999999999999", []),
        ("number=2", [2]),
        ("number__in=2,4", [2, 4]),
        ("number__gte=3", [3, 4]),
        ("number=99999999999999999999", []),
        ("pk={pk}", [1]),
        ("amount=20.5", [2]),
        ("amount__gt=20.50", [3, 4]),
        ("amount__lte=20.50&currency=TRY", [1, 2]),
        ("issued_on=2026-02-01", [2]),
        ("issued_on__gte=2026-02-01&due_on__lt=2026-04-30", [2, 3]),
        ("due_on__in=2026-01-31,2026-03-31", [1, 3]),
        ("status=open", [1, 2, 3, 4]),
        ("status__in=paid,settled", []),
        ("paid_amount__gt=0", []),
        ("sort=-amount", [4, 3, 2, 1]),
        ("sort=status,-due_on", [4, 3, 2, 1]),
        ("sort=subscription", [1, 2, 3, 4]),
    ],
)
def test_bills_are_filtered_and_sorted(api, bills, query, found):
    assert numbers(api.get(f"/api/v1/bills/?{query.format(**bills)}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "account=x", "account=999999", "subscription=999999999999999999999", "subscription__in=x", "number=1.5",
        "amount=ten", "amount=NaN", "issued_on=yesterday", "issued_on=2026-01-01T00:00:00", "due_on__in=2026-01-01,x",
        "status=unpaid", "colour=red", "sort=open_amount", "subscription=", "number=1%00",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(api, bills, query):
    response = api.get(f"/api/v1/bills/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [query.partition("=")[0]]


def test_a_list_costs_the_same_statements_whatever_the_rows(api, resource, django_assert_num_queries, db):
    factory = RESOURCES[resource]
    factory()
    with django_assert_num_queries(2):
        api.get(f"/api/v1/{resource}/?limit=100")
    factory.create_batch(20)
    with django_assert_num_queries(2):
        assert len(api.get(f"/api/v1/{resource}/?limit=100").json()["results"]) == 21


def test_the_browsable_pages_hold_no_drop_down_of_a_large_table(ada, db):
    """Neither the filters nor the forms ask for more than the rows of the page."""
    bill = BillFactory()
    client = Client(headers={"Accept": "text/html"})
    client.force_login(ada)
    key, subscription = bill.pk, bill.subscription
    urls = [
        f"/api/v1/bills/?subscription={subscription.pk}&account={subscription.account_id}",
        f"/api/v1/bills/{key}/",
        f"/api/v1/subscriptions/?account={subscription.account_id}",
        f"/api/v1/subscriptions/{subscription.pk}/",
    ]

    def cost() -> list[int]:
        counts = []
        for url in urls:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(url)
            assert response.status_code == 200, url
            assert (
                b'<option value="%d"' % subscription.account_id not in response.content
                or b"status" in response.content
            )
            assert not [q for q in captured if "LIMIT 1000" in q["sql"]], url
            counts.append(len(captured))
        return counts

    client.get(urls[0])
    few = cost()
    AccountFactory.create_batch(3, name="Not to be listed")
    SubscriptionFactory.create_batch(3, name="Not to be listed")
    assert cost() == few
    for url in urls:
        page = client.get(url).content.decode()
        assert 'name="account"' in page or 'name="subscription"' in page
        assert "Not to be listed" not in page


@pytest.mark.parametrize("form", ["json", "api", "csv", "xls", "xml"])
def test_five_forms(api, resource, form, db):
    RESOURCES[resource]()
    assert api.get(f"/api/v1/{resource}/?format={form}").status_code == 200


def test_a_table_has_exact_amounts_and_runs_nothing(api, db):
    BillFactory(number=5, amount="100", description="=1+1")
    rows = list(csv.DictReader(io.StringIO(api.get("/api/v1/bills/?format=csv").getvalue().decode())))
    assert (rows[0]["amount"], rows[0]["open_amount"], rows[0]["description"]) == (
        "100.00",
        "100.00",
        "'=1+1",
    )


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("Operator", 200, 201),
        ("Finance", 200, 201),
        ("Administrator", 200, 201),
        ("Auditor", 200, 403),
        (None, 403, 403),
    ],
)
def test_roles(role, reads, writes, channel, resource):
    client = client_of(UserFactory(role=role))
    subscription = SubscriptionFactory()
    bodies = {
        "accounts": {"channel": channel.pk, "account_number": "1", "name": "A"},
        "subscriptions": {"account": subscription.account_id},
        "bills": {
            "subscription": subscription.pk, "amount": "1", "issued_on": "2026-01-01", "due_on": "2026-01-01",
        },
        "billing_addresses": {"account": subscription.account_id, "street": "1 Main Street", "city": "Metropolis"},
        "payment_methods": {"account": subscription.account_id, "kind": 9, "holder_name": "Mary Irwin"},
    }  # fmt: skip
    assert client.get(f"/api/v1/{resource}/").status_code == reads
    assert client.post(f"/api/v1/{resource}/", bodies[resource]).status_code == writes


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("Operator", 200, 201),
        ("Administrator", 200, 201),
        ("Finance", 200, 403),
        ("Auditor", 200, 403),
        (None, 403, 403),
    ],
)
def test_who_may_say_which_sites_call(role, reads, writes, db):
    client = client_of(UserFactory(role=role))
    bodies = {
        "tenants": {"media_group_code": "A", "client_code": "B", "paper_code": "C", "name": "D"},
        "source_systems": {"code": "A", "name": "B"},
    }
    for resource, body in bodies.items():
        assert client.get(f"/api/v1/{resource}/").status_code == reads
        assert client.post(f"/api/v1/{resource}/", body).status_code == writes


def test_a_list_of_methods_decrypts_nothing(api, db, settings):
    """Not even a lost key keeps people from the list."""
    PaymentMethodFactory(gateway_token="ASFWE234234")
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    (row,) = api.get("/api/v1/payment_methods/").json()["results"]
    assert row["gateway_token_mask"] == "********4234"


def test_methods_are_found_by_what_people_know(api, db):
    first = PaymentMethodFactory(external_id="Test123XYZ", expiry_year=2030)
    PaymentMethodFactory(account=first.account, expiry_year=2031)
    PaymentMethodFactory(kind=9, masked_card="", expiry_month=None, expiry_year=None)
    SourceSystemFactory()
    TenantFactory()
    for query, found in {
        "external_id=Test123XYZ": 1,
        f"account={first.account_id}": 2,
        f"account={first.account_id}&is_default=true": 1,
        "kind__in=1,9": 3,
        "expires_on__lt=2031-01-01": 1,
        "sort=expires_on": 3,
        "gateway=dummypay": 3,
    }.items():
        assert api.get(f"/api/v1/payment_methods/?{query}").json()["count"] == found, query
    for query in (
        "sort=gateway_token",
        "bank_account_number=1",
        "gateway_token=1",
        "kind=x",
        "expires_on=soon",
    ):
        assert api.get(f"/api/v1/payment_methods/?{query}").status_code == 400, query


def test_nobody_without_a_token(client, resource, db):
    assert client.get(f"/api/v1/{resource}/").status_code == 401


def test_the_schema_describes_bills(api, db):
    schema = api.get("/api/v1/bills/schema/").json()
    post = schema["actions"]["POST"]
    assert {name: field["type"] for name, field in post.items()} == {
        "pk": "integer", "number": "integer", "subscription": "pk field", "amount": "decimal", "currency": "string",
        "issued_on": "date", "due_on": "date", "description": "string", "status": "choice", "paid_amount": "decimal",
        "open_amount": "decimal", "modified_date": "datetime", "created_date": "datetime",
    }  # fmt: skip
    assert {name for name, field in post.items() if field["required"]} == {
        "subscription", "amount", "issued_on", "due_on",
    }  # fmt: skip
    assert {name for name, field in post.items() if field["read_only"]} == {
        "pk", "status", "paid_amount", "open_amount", "modified_date", "created_date",
    }  # fmt: skip
    assert schema["filters"]["subscription"] == {"type": "KeyFilter", "lookup_types": ["exact"]}


def test_resources_are_listed_under_one_root(api, db):
    root = api.get("/api/v1/").json()
    assert {"accounts", "subscriptions", "bills", "banks", "pos"} <= set(root)
    assert api.get("/api/v1/bills").status_code == 200
