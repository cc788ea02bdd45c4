"""Whatever is sent gets a clear 4xx in the contract's form and changes nothing."""

import json
import threading

import pytest
from django.db import connection
from rest_framework.test import APIClient

from payments.models import Bank, PaymentOption
from tests.conftest import client_of
from tests.support.factories import BankFactory, CardFactory, ChannelFactory, InstallmentFactory, UserFactory


def post(api, path, data, content_type="application/json"):
    return api.generic("POST", path, data, content_type=content_type)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"1e400",
        b"\xff\xfe",
        b"{'a': 1}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"NaN",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_broken_json(data, api, db):
    response = post(api, "/api/v1/banks/", data)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()


def test_a_body_of_ten_megabytes(api, channel):
    body = json.dumps({"name": "x" * 10_000_000, "slug": "x", "channel": channel.pk})
    response = post(api, "/api/v1/banks/", body)
    assert response.status_code == 413
    assert list(response.json()) == ["detail"]
    form = post(api, "/api/v1/banks/", "name=" + "x" * 10_000_000, "application/x-www-form-urlencoded")
    assert form.status_code == 413
    assert not Bank.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json; charset=nonsense", "x"]
)
def test_other_content_types(content_type, api, channel):
    response = post(api, "/api/v1/banks/", "name=x", content_type)
    assert response.status_code in (400, 415)
    assert response.json()


@pytest.mark.parametrize(
    "data", [b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nx', b"\x00" * 50]
)
def test_broken_multipart(data, api, db):
    for boundary in ("; boundary=x", "", "; boundary=\xff"):
        response = post(api, "/api/v1/banks/", data, f"multipart/form-data{boundary}")
        assert response.status_code == 400, boundary


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing/", "/api/nothing", "/api/v1/banks/x/y/", "/api/v1/banks/%00/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "TRACE"])
def test_unknown_paths(path, method, api, db):
    response = api.generic(method, path)
    assert response.status_code in (404, 405)
    assert response.headers["Content-Type"] == "application/json"
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("key", ["abc", "-1", "0", "9" * 40, "1.5", "%00", "١"])
def test_impossible_keys(key, api, db):
    for path in (f"/api/v1/pos/{key}/", f"/api/v1/cards/{key}/bulk_create/", f"/api/v1/pos/{key}/clone/"):
        method = "get" if path.count("/") == 5 else "post"
        assert getattr(api, method)(path).status_code == 404, path


BANK = {"name": "x", "slug": "x"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": []}, "name"),
        ({"name": {"a": 1}}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"name": "x" * 129}, "name"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "x\n"}, None),
        ({"slug": "a/b"}, "slug"),
        ({"slug": "x" * 1_000_000}, "slug"),
        ({"channel": None}, "channel"),
        ({"channel": "x"}, "channel"),
        ({"channel": True}, "channel"),
        ({"channel": 10**30}, "channel"),
        ({"channel": 1.5}, "channel"),
        ({"channel": "0_1"}, "channel"),
        ({"channel": "١"}, "channel"),
        ({"channel": []}, "channel"),
        ({"logo": "http://logo.url"}, "logo"),
    ],
)
def test_wrong_types(change, field, api):
    channel = ChannelFactory(pk=1)
    response = post(api, "/api/v1/banks/", json.dumps({**BANK, "channel": channel.pk, **change}))
    if field is None:  # white space around a value is taken off, as everywhere in DRF
        assert response.status_code == 201
        return
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not Bank.objects.exists()


@pytest.mark.parametrize(
    "config",
    [
        "[]",
        '"x"',
        "1",
        '{"a": "\\u0000"}',
        '{"\\u0000": 1}',
        '{"a": "\\ud800"}',
        '{"a": 1e400}',
        '{"a":' * 30 + "1" + "}" * 30,
    ],
)
def test_json_that_the_database_cannot_hold(config, api, channel):
    body = json.dumps(
        {"name": "x", "slug": "x", "payment_type": "gpay", "channel": channel.pk, "config": "?"}
    )
    response = post(api, "/api/v1/payment_options/", body.replace('"?"', config))
    assert response.status_code == 400
    assert list(response.json()) in (["config"], ["detail"])
    assert not PaymentOption.objects.exists()


@pytest.mark.parametrize("rate", ["abc", "NaN", "Infinity", "-1", "1e30", "0.0000001", True, None, [], 1e400])
def test_impossible_rates(rate, api, channel):
    card = CardFactory(channel=channel)
    body = json.dumps({"card": card.pk, "installment_count": 2, "label": "x", "interest_rate": rate})
    response = post(api, "/api/v1/installments/", body)
    assert response.status_code == 400
    assert not card.installments.exists()


@pytest.mark.parametrize("count", [0, -1, 1.5, "x", 10**12, None, True])
def test_impossible_counts(count, api, channel):
    card = CardFactory(channel=channel)
    body = json.dumps({"card": card.pk, "installment_count": count, "label": "x", "interest_rate": "0"})
    assert post(api, "/api/v1/installments/", body).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"gateway": 5},
        {"gateway": None},
        {"gateway": "x" * 1_000_000},
        {"gateway": "omnicore.libs.payment_gateways.nestpay.NestPayGateway", "config": {"username": {}}},
        {"config": {"three_d_enabled": "maybe"}},
        {"config": {"auth": []}},
        {"config": {"auth": {"a": {"b": "\x00"}}}},
        {"resource_url": "javascript:alert(1)"},
        {"resource_url": "https://" + "a" * 300 + ".example/"},
        {"three_d_resource_url": "nonsense"},
    ],
)
def test_impossible_pos(change, api, channel):
    body = {
        "name": "x", "slug": "x", "gateway": "omnicore.libs.payment_gateways.dummypay.DummyPayGateway",
        "resource_url": "https://dummypay.net/", "channel": channel.pk, **change,
    }  # fmt: skip
    response = post(api, "/api/v1/pos/", json.dumps(body))
    assert response.status_code in (400, 406)
    assert len(response.content) < 2000
    assert not channel.pos.exists()


def test_installments_and_bins_stay_in_their_channel(api, channel):
    part = InstallmentFactory(card=CardFactory(channel=channel))
    foreign = CardFactory(channel=ChannelFactory())
    response = api.patch(f"/api/v1/installments/{part.pk}/", {"card": foreign.pk})
    assert (response.status_code, response.json()["error_code"]) == (406, "installment_100_2")


@pytest.mark.parametrize("accept", ["application/pdf", "text/x;q=oops", "*/*;q=x", "\x01"])
def test_other_accept_headers(accept, api, db):
    assert api.get("/api/v1/banks/", headers={"Accept": accept}).status_code in (200, 406)


@pytest.mark.parametrize("format", ["pdf", "", "%00", "../x"])
def test_other_formats(format, api, db):
    assert api.get(f"/api/v1/banks/?format={format}").status_code in (400, 404)


def race(requests):
    """Send all at once, each from a thread with a database connection of its own."""
    barrier = threading.Barrier(len(requests))
    responses = []

    def send(request):
        try:
            barrier.wait(timeout=10)
            responses.append(request())
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return responses


@pytest.mark.django_db(transaction=True)
def test_two_creations_of_one_slug_at_a_time_make_one():
    channel = ChannelFactory()
    user = UserFactory(is_superuser=True)
    body = {"name": "x", "slug": "x", "channel": channel.pk}

    def create():
        return client_of(user).post("/api/v1/banks/", body)

    for _ in range(5):
        Bank.objects.all().delete()
        responses = race([create] * 4)
        assert sorted(response.status_code for response in responses) == [201, 400, 400, 400]
        [refused, *_] = [response for response in responses if response.status_code == 400]
        assert refused.json() == {"non_field_errors": ["The fields slug, channel must make a unique set."]}


@pytest.mark.django_db(transaction=True)
def test_two_creations_of_one_installment_at_a_time_make_one():
    card = CardFactory()
    user = UserFactory(is_superuser=True)
    body = {"card": card.pk, "installment_count": 3, "label": "x", "interest_rate": "0"}
    responses = race([lambda: client_of(user).post("/api/v1/installments/", body)] * 4)
    assert sorted(response.status_code for response in responses) == [201, 406, 406, 406]


@pytest.mark.django_db(transaction=True)
def test_deleting_what_gets_used_at_the_same_time_never_fails():
    user = UserFactory(is_superuser=True)
    for _ in range(5):
        card = CardFactory()
        bank = BankFactory(channel=card.channel)
        body = {"bank": bank.pk}
        responses = race(
            [
                lambda bank=bank: client_of(user).delete(f"/api/v1/banks/{bank.pk}/"),
                lambda card=card, body=body: client_of(user).patch(f"/api/v1/cards/{card.pk}/", body),
            ]
        )
        assert {response.status_code for response in responses} <= {200, 204, 400, 406}


def test_an_unauthenticated_flood_of_headers_is_refused_politely(db):
    response = APIClient().get("/api/v1/banks/", headers={"Authorization": "Token " + "é" * 100})
    assert response.status_code == 401


def test_a_chunked_body_is_refused_and_not_taken_for_an_empty_one(api, channel):
    bank = BankFactory(channel=channel)
    response = api.generic("PATCH", f"/api/v1/banks/{bank.pk}/", headers={"Transfer-Encoding": "chunked"})
    assert response.status_code == 411
    assert list(response.json()) == ["detail"]
