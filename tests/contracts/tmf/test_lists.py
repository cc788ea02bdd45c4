"""Lists and single reads of payments and refunds, by TM Forum's query rules."""

import json
from decimal import Decimal

import pytest

from billing.models import Payment
from tests.billing.conftest import make_shop

BASES = ("/brm/payment/v4", "/payment/v4", "/tmf-api/paymentManagement/v4")


def rows(answer):
    assert answer.status_code in (200, 206), answer.content
    return json.loads(answer.getvalue(), parse_float=Decimal)


@pytest.fixture
def paid(db):
    """Two payments: of 215.40 TRY and of 10 TRY."""
    shop, other = make_shop(), make_shop(("10",), first_number=700)
    return [shop.charge().payment, other.charge().payment]


@pytest.mark.parametrize("base", BASES)
def test_a_payment_is_listed_and_read_at_each_base(paid, api, base):
    listed = rows(api.get(f"{base}/payment"))
    name = f"0.0.0.1+-item-payment+{paid[0].pk}"
    assert [row["id"] for row in listed] == [f"0.0.0.1+-item-payment+{payment.pk}" for payment in paid]
    assert listed[0]["href"] == f"http://testserver{base}/payment/{name}"
    assert listed[0]["status"] == "captured"
    assert listed[0]["totalAmount"]["value"] == Decimal("215.4")
    assert rows(api.get(f"{base}/payment/{name}")) == listed[0]
    assert rows(api.get(f"{base}/payment/{name.replace('+', '%2B')}")) == listed[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=captured", [0, 1]),
        ("status=failed", []),
        ("status=failed,captured", [0, 1]),
        ("totalAmount.value.gt=10", [0]),
        ("totalAmount.value%3E%3D10", [0, 1]),
        ("totalAmount.value=10.00,3", [1]),
        ("totalAmount.unit=TRY&totalAmount.value.lt=11", [1]),
        ("account.id={number}", [0]),
        ("account.id=0.0.0.1+-account+{account}", [0]),
        ("account.id=0.0.0.1%2B-account%2B{account}", [0]),
        ("account.name.regex=^Ali", [0, 1]),
        ("paymentItem.item.id=54321", [0]),
        ("paymentItem.item.id=0.0.0.1%2B-bill%2B{bill}", [0]),
        ("paymentDate.gt=2020-01-01", [0, 1]),
        ("paymentDate.lt=2020-01-01T00:00:00Z", []),
        ("authorizationCode=nothing", []),
        ("correlatorId=x", []),
        ("payer.id=x", []),
        ("paymentMethod.id=Test123XYZ", []),
        ("id=0.0.0.1%2B-item-payment%2B{payment}", [0]),
        ("id=rubbish", []),
        ("sort=-totalAmount.value", [0, 1]),
        ("sort=totalAmount.value", [1, 0]),
        ("sort=-id", [1, 0]),
        ("limit=1", [0]),
        ("limit=1&offset=1", [1]),
        ("offset=1", [1]),
        ("offset=9", []),
    ],
)
def test_a_list_is_asked(paid, api, query, found):
    payment = paid[0]
    query = query.format(
        payment=payment.pk,
        account=payment.account_id,
        number=payment.account.account_number,
        bill=payment.payment_bills.order_by("pk")[0].bill_id,
    )
    listed = rows(api.get(f"/payment/v4/payment?{query}"))
    assert [int(row["id"].rpartition("+")[2]) for row in listed] == [paid[index].pk for index in found]


WRONG_FILTERS = [
    "nothing=1", "account=1", "status=paid", "totalAmount.value=ten", "totalAmount.value=NaN",
    "totalAmount.value=1e99", "totalAmount.value.regex=1", "status.gt=captured", "paymentDate=yesterday",
    "paymentDate.gt=9999-12-31T23:59:59-23:00", "sort=paymentMethod.id", "fields=nothing", "offset=x",
    "account.name.regex=(", "@type=PaymentFancy", "description=%00",
]  # fmt: skip


@pytest.mark.parametrize(
    "query", [*WRONG_FILTERS, *(f"{query}&limit=5" for query in WRONG_FILTERS), "limit", "limit=0"]
)
def test_a_query_that_makes_no_sense_is_400_and_never_everything(paid, api, query):
    answer = api.get(f"/payment/v4/payment?{query}")
    assert answer.status_code == 400
    assert answer.json()["@type"] == "Error"
    assert answer.json()["code"] == "28"


def test_a_part_is_206_with_its_counts_and_links(paid, api):
    answer = api.get("/payment/v4/payment?limit=1&sort=-id")
    assert answer.status_code == 206
    assert (answer["X-Total-Count"], answer["X-Result-Count"]) == ("2", "1")
    assert '<http://testserver/payment/v4/payment?sort=-id&offset=1&limit=1>; rel="next"' in answer["Link"]
    whole = api.get("/payment/v4/payment")
    assert (whole.status_code, len(rows(whole))) == (200, 2)
    assert (whole["X-Total-Count"], whole["X-Result-Count"]) == ("2", "2")
    rest = api.get("/payment/v4/payment?offset=1")
    assert (rest.status_code, len(rows(rest))) == (206, 1)


def test_fields_keep_id_and_href(paid, api):
    listed = rows(api.get("/payment/v4/payment?fields=status,totalAmount.unit"))
    assert listed[0].keys() == {"id", "href", "status", "totalAmount"}
    assert listed[0]["totalAmount"] == {"unit": "TRY"}
    assert rows(api.get("/payment/v4/payment?fields=none"))[0].keys() == {"id", "href"}


def test_the_extended_form_tells_what_the_domain_knows(paid, api):
    plain = rows(api.get("/brm/payment/v4/payment"))[0]
    extended = rows(api.get("/brm/payment/v4/payment?@type=PaymentOracle"))[0]
    assert extended["@type"] == "PaymentOracle"
    assert extended["unallocatedAmount"]["value"] == 0
    assert extended["paymentTransactionId"]
    assert extended["paymentItem"][0]["paymentAllocatedOn"].endswith("Z")
    assert extended["paymentItem"][0]["receivedAmount"]["value"] == Decimal("125.5")
    assert plain.keys() < extended.keys()


@pytest.mark.parametrize(
    "name",
    ["1", "0.0.0.1+-item-refund+1", "0.0.0.1+-item-payment+999999", "0.0.0.2+-item-payment+1", "x" * 300],
)
def test_an_unknown_payment_is_404(paid, api, name):
    answer = api.get(f"/payment/v4/payment/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "60")


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
@pytest.mark.parametrize("path", ["payment/0.0.0.1+-item-payment+1", "refund/0.0.0.1+-item-refund+1"])
def test_nothing_is_changed_or_deleted(paid, api, method, path):
    answer = getattr(api, method)(f"/payment/v4/{path}")
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert answer.json()["@type"] == "Error"


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("path", ["", "/", "/nothing", "/payment/x/y"])
def test_an_unknown_path_is_404_in_the_contracts_form(client, db, base, path):
    answer = client.get(base + path)
    assert (answer.status_code, answer.json()["@type"]) == (404, "Error")


def test_without_credentials_it_is_401(client, db):
    answer = client.get("/payment/v4/payment")
    assert (answer.status_code, answer.json()["code"]) == (401, "40")


def test_a_list_costs_a_fixed_number_of_queries(paid, api, django_assert_num_queries):
    for number in range(3):
        make_shop(("10", "20", "30"), first_number=800 + 10 * number).charge()
    with django_assert_num_queries(
        10
    ):  # transaction, count, keys, rows, items, allocations and the bills of both
        assert len(rows(api.get("/payment/v4/payment?limit=100"))) == Payment.objects.count()


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("kind", ["payment", "refund"])
def test_what_there_is_is_described_without_a_token(client, db, base, kind):
    answer = client.get(f"{base}/{kind}/describe")
    assert answer.status_code == 200
    assert answer.json()["title"].lower() == kind
    assert "totalAmount" in answer.json()["required"]
    assert answer.json()["x-filters"]["account.id"] == ["eq"]
