"""Who may do what: login, tokens, model permissions, secrets."""

import pytest
from knox.models import AuthToken
from rest_framework.test import APIClient

from payments.models import POS, Bank
from payments.pos_gateway import full_config
from tests.conftest import client_of
from tests.support.factories import NESTPAY, BankFactory, PosFactory, UserFactory

CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}


@pytest.fixture
def nestpay(channel) -> POS:
    return PosFactory(channel=channel, slug="nestpay", gateway=NESTPAY, config=CONFIG)


@pytest.mark.parametrize("prefix", ["v1", "i1"])
def test_login_gives_a_key_that_opens_the_api(prefix, ada):
    client = APIClient()
    answer = client.post(
        f"/api/{prefix}/auth/login/", {"username": "ada", "password": "correct horse battery"}
    )
    assert answer.status_code == 200
    assert list(answer.json()) == ["key"]
    key = answer.json()["key"]
    assert client.get("/api/v1/banks/", headers={"Authorization": f"Token {key}"}).status_code == 200
    assert key not in repr(list(AuthToken.objects.values()))  # only a hash is kept


@pytest.mark.parametrize(
    "body",
    [
        {"username": "ada", "password": "wrong"},
        {"username": "nobody", "password": "x"},
        {"username": "ada"},
        {},
        [],
    ],
)
def test_a_bad_login_is_400(body, ada):
    assert APIClient().post("/api/v1/auth/login/", body, format="json").status_code == 400


def test_logins_are_limited(ada):
    client = APIClient()
    statuses = [
        client.post("/api/v1/auth/login/", {"username": "ada", "password": "x"}).status_code
        for _ in range(12)
    ]
    assert statuses[0] == 400
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "header", [None, "Token", "Token nonsense", "Token a b", "Bearer x", "Token ÿþ", f"Token {'x' * 4000}"]
)
@pytest.mark.parametrize("path", ["/api/v1/banks/", "/api/v1/pos/1/", "/api/v1/bin_numbers/match/"])
def test_no_or_a_bad_token_is_401(header, path, db):
    response = APIClient().get(path, headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert list(response.json()) == ["detail"]
    assert response.headers["WWW-Authenticate"] == "Token"


def test_an_auditor_reads_and_writes_nothing(aydin, nestpay):
    client = client_of(aydin)
    bank = BankFactory(channel=nestpay.channel)
    assert client.get("/api/v1/banks/").status_code == 200
    body = {"name": "x", "slug": "x", "channel": nestpay.channel_id}
    assert client.post("/api/v1/banks/", body).status_code == 403
    assert client.patch(f"/api/v1/banks/{bank.pk}/", {"name": "x"}).status_code == 403
    assert client.delete(f"/api/v1/banks/{bank.pk}/").status_code == 403
    assert client.post(f"/api/v1/pos/{nestpay.pk}/clone/", {"slug": "y"}).status_code == 403
    assert client.post(f"/api/v1/banks/bulk_create/?channel_id={nestpay.channel_id}").status_code == 403
    assert Bank.objects.get().name == bank.name


def test_somebody_without_a_role_sees_nothing(db, channel):
    assert client_of(UserFactory()).get("/api/v1/banks/").status_code == 403


def test_secrets_are_masked_for_who_may_not_see_them(olivia, nestpay):
    config = client_of(olivia).get(f"/api/v1/pos/{nestpay.pk}/").json()["config"]
    assert config["store_key"] == "********23"
    assert config["password"] == "********56"
    assert config["username"] == "u"


def test_secrets_are_clear_for_who_may_see_them(api, nestpay):
    assert api.get(f"/api/v1/pos/{nestpay.pk}/").json()["config"]["store_key"] == "STOREKEY-123"


def test_the_mask_sent_back_keeps_the_secret(olivia, nestpay):
    client = client_of(olivia)
    body = client.get(f"/api/v1/pos/{nestpay.pk}/").json()
    body["config"]["password"] = "a new password"
    assert client.put(f"/api/v1/pos/{nestpay.pk}/", body, format="json").status_code == 200
    nestpay.refresh_from_db()
    assert full_config(nestpay)["store_key"] == "STOREKEY-123"
    assert full_config(nestpay)["password"] == "a new password"


def test_a_mask_of_nothing_is_no_secret(api, channel):
    body = {
        "name": "x",
        "slug": "x",
        "gateway": NESTPAY,
        "resource_url": "https://bank.example/",
        "channel": channel.pk,
        "config": {**CONFIG, "password": "********56"},
    }
    response = api.post("/api/v1/pos/", body, format="json")
    assert response.status_code == 406
    assert response.json()["non_field_errors"] == '{"password": ["This field is required."]}'


def test_secrets_are_encrypted_at_rest_and_absent_from_history(nestpay, django_db_blocker):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM payments_pos t")
        rows = cursor.fetchall()
        cursor.execute("SELECT row_to_json(t)::text FROM payments_posevent t")
        dump = repr(rows + cursor.fetchall())
    assert "STOREKEY" not in dump
    assert "PASSWORD-456" not in dump
    assert "nestpay" in dump


def test_a_clone_has_no_secrets(api, nestpay):
    response = api.post(f"/api/v1/pos/{nestpay.pk}/clone/", {"slug": "copy"})
    assert response.status_code == 201
    body = response.json()
    assert (body["slug"], body["channel"], body["name"]) == ("copy", nestpay.channel_id, nestpay.name)
    assert "store_key" not in body["config"]
    assert POS.objects.get(slug="copy").secret_config == {}


def test_a_clone_needs_another_channel_or_slug(api, nestpay):
    response = api.post(f"/api/v1/pos/{nestpay.pk}/clone/", {})
    assert response.status_code == 400
    assert response.json() == {"non_field_errors": ["The fields slug, channel must make a unique set."]}
