"""The native API of payments and refunds: find, refund once, approve by two, read the story."""

import pytest

from billing.models import Payment, Refund
from config.kit.lib.days import day_of
from tests.billing.conftest import Shop, make_shop
from tests.conftest import client_of
from tests.support.factories import UserFactory


@pytest.fixture
def shop(db) -> Shop:
    return make_shop()


@pytest.fixture
def boss(shop):
    return UserFactory(is_superuser=True, username="boss")


@pytest.fixture
def client(boss):
    return client_of(boss)


@pytest.fixture
def payment(shop) -> Payment:
    return shop.charge().payment


def test_a_payment_is_found_by_everything_one_knows_of_it(client, shop, payment):
    queries = {
        "status": "captured",
        "bill": shop.bills[0].number,
        "subscription": shop.subscription.number,
        "account": shop.subscription.account.account_number,
        "pos": shop.pos.pk,
        "channel": shop.channel.pk,
        "amount": "215.40",
        "amount__gte": "200",
        "created_date__date": day_of(payment.created_date).isoformat(),
        "masked_card": "411111******1111",
        "bank_reference": payment.host_reference,
    }
    for name, value in queries.items():
        rows = client.get("/api/v1/payments/", {name: value}).json()["results"]
        assert [row["pk"] for row in rows] == [payment.pk], name
    assert rows[0]["amount"] == "215.40"
    assert rows[0]["bills"] == [bill.number for bill in shop.bills]
    assert client.get("/api/v1/payments/", {"status": "declined"}).json()["count"] == 0
    assert client.get("/api/v1/payments/", {"colour": "red"}).status_code == 400


def test_refunds_add_up_to_the_payment_and_no_further(client, payment):
    url = f"/api/v1/payments/{payment.pk}/refund/"
    assert client.post(url, {"amount": "60.00", "reason": "x"}).json()["status"] == "done"
    answer = client.post(url, {"amount": "200.00", "reason": "x"})
    assert (answer.status_code, answer.json()["error_code"]) == (406, "refund_100_1")
    rest = client.post(url, {"reason": "the rest"})
    assert rest.json()["amount"] == "155.40"
    answer = client.post(url, {"amount": "1", "reason": "x"})
    assert (answer.status_code, answer.json()["error_code"]) == (406, "refund_100_2")


@pytest.mark.parametrize("body", [{}, {"amount": "0", "reason": "x"}, {"amount": "-1", "reason": "x"},
                                  {"amount": "1.001", "reason": "x"}, {"amount": "NaN", "reason": "x"}])  # fmt: skip
def test_a_bad_refund_is_refused(client, payment, body):
    assert client.post(f"/api/v1/payments/{payment.pk}/refund/", body).status_code == 400
    assert not Refund.objects.exists()


def test_a_void_takes_the_whole_payment_back(client, payment):
    answer = client.post(f"/api/v1/payments/{payment.pk}/void/", {"reason": "typo"})
    assert (answer.status_code, answer.json()["kind"], answer.json()["status"]) == (200, "void", "done")
    payment.refresh_from_db()
    assert payment.state == "voided"


def test_a_key_is_done_once(client, payment):
    url, key = f"/api/v1/payments/{payment.pk}/refund/", {"Idempotency-Key": "k-1"}
    first = client.post(url, {"amount": "10", "reason": "x"}, headers=key)
    again = client.post(url, {"amount": "10", "reason": "x"}, headers=key)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = client.post(url, {"amount": "11", "reason": "x"}, headers=key)
    assert other.status_code == 422
    assert Refund.objects.count() == 1


def test_a_key_that_is_still_running_is_409(client, boss, payment):
    from billing.models import IdempotencyKey

    url, key = f"/api/v1/payments/{payment.pk}/refund/", {"Idempotency-Key": "k-1"}
    client.post(url, {"amount": "10", "reason": "x"}, headers=key)
    IdempotencyKey.objects.update(status_code=None, body=None)
    answer = client.post(url, {"amount": "10", "reason": "x"}, headers=key)
    assert answer.status_code == 409
    assert answer.headers["Retry-After"]


def test_above_the_limit_two_people_decide(client, boss, shop, payment):
    shop.channel.conf = {"refund_limit": "50"}
    shop.channel.save()
    answer = client.post(f"/api/v1/payments/{payment.pk}/refund/", {"amount": "60", "reason": "x"})
    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    url = f"/api/v1/refunds/{answer.json()['pk']}/approve/"
    mine = client.post(url)
    assert (mine.status_code, mine.json()["error_code"]) == (406, "refund_100_3")
    second = client_of(UserFactory(is_superuser=True))
    assert second.post(url).json()["status"] == "done"
    assert second.post(url).status_code == 406


def test_a_rejected_refund_frees_its_amount(client, shop, payment):
    shop.channel.conf = {"refund_limit": "50"}
    shop.channel.save()
    made = client.post(f"/api/v1/payments/{payment.pk}/refund/", {"reason": "all"}).json()
    assert client.get(f"/api/v1/payments/{payment.pk}/").json()["refundable_amount"] == "0.00"
    client_of(UserFactory(is_superuser=True)).post(f"/api/v1/refunds/{made['pk']}/reject/")
    assert client.get(f"/api/v1/payments/{payment.pk}/").json()["refundable_amount"] == "215.40"


def test_the_timeline_tells_the_whole_story(client, payment):
    client.post(f"/api/v1/payments/{payment.pk}/refund/", {"amount": "10", "reason": "wrong bill"})
    client.post(f"/api/v1/payments/{payment.pk}/reconcile/")
    story = client.get(f"/api/v1/payments/{payment.pk}/timeline/").json()
    kinds = [(entry["kind"], entry["title"]) for entry in story]
    assert kinds[0][1] in ("processing", "sale")
    assert {("state", "captured"), ("state", "partially_refunded"), ("attempt", "sale"), ("attempt", "refund"),
            ("attempt", "status"), ("refund", "done"), ("ledger", "capture")} <= set(kinds)  # fmt: skip
    assert [entry["at"] for entry in story] == sorted(entry["at"] for entry in story)
    assert "boss" in {entry["who"] for entry in story}


@pytest.mark.parametrize("path", ["refund", "void", "reconcile"])
def test_reading_does_not_allow_to_move_money(payment, path):
    from django.contrib.auth.models import Permission

    reader = UserFactory()
    reader.user_permissions.add(Permission.objects.get(codename="view_payment"))
    client = client_of(reader)
    assert client.get(f"/api/v1/payments/{payment.pk}/").status_code == 200
    assert client.post(f"/api/v1/payments/{payment.pk}/{path}/", {"reason": "x"}).status_code == 403
