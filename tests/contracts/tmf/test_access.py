"""Who may do what: OAuth 2.0 clients by their scopes, the other contracts' tokens by permissions."""

import base64
import json

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model
from rest_framework.test import APIClient

from billing.models import ApiClient, Payment
from billing.services.api_client import create_client, rotate_secret
from tests.contracts.tmf.conftest import PLAIN, rows
from tests.support.factories import UserFactory

PATHS = {
    "read": ("get", "payment?limit=5", None),
    "pay": ("post", "payment", {}),
    "refund": ("post", "refund", {}),
    "hub": ("post", "hub", {}),
    "methods": ("post", "paymentMethod", {}),
    "change_methods": ("patch", "paymentMethod/x", {}),
}


@pytest.fixture
def program(db):
    """A program that may read and pay, and its secret."""
    return create_client(name="CRM", scopes=["read", "pay", "record"])


def ask_token(client_id, secret, **more):
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **more}
    return Client(enforce_csrf_checks=True).post("/oauth/token", body)


def bearer(token):
    return APIClient(headers={"Authorization": f"Bearer {token}"})


def test_a_program_gets_a_token_and_pays(program, telco):
    client, secret = program
    answer = ask_token(client.client_id, secret)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["token_type"], body["scope"], body["expires_in"]) == ("Bearer", "read pay record", 3600)
    api = bearer(body["access_token"])
    paid = rows(api.post(f"{PLAIN}/payment", telco.cash()))
    unnamed = {"data": json.dumps(telco.cash()), "content_type": "application/x-www-form-urlencoded"}
    assert api.generic("POST", f"{PLAIN}/payment", **unnamed).status_code == 201  # curl -d says so
    assert rows(api.get(f"{PLAIN}/payment"))[0]["id"] == paid["id"]
    payment = Payment.objects.select_related("client_references").first()
    assert payment.created_by == client.user
    assert payment.client_references.client == f"client:{client.client_id}"


def test_a_secret_may_come_as_basic_credentials(program):
    client, secret = program
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    answer = Client().post(
        "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("scope", PATHS)
def test_each_thing_takes_its_scope(program, scope):
    client, secret = program
    ApiClient.objects.filter(pk=client.pk).update(scopes=" ".join(PATHS))
    method, path, body = PATHS[scope]
    needed = "read hub" if scope == "hub" else scope  # events carry whole payments
    allowed = bearer(ask_token(client.client_id, secret, scope=needed).json()["access_token"])
    assert getattr(allowed, method)(f"{PLAIN}/{path}", body).status_code in (200, 400, 404)
    others = " ".join(name for name in PATHS if name != scope)
    refused = bearer(ask_token(client.client_id, secret, scope=others).json()["access_token"])
    answer = getattr(refused, method)(f"{PLAIN}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "50")


def test_a_program_gets_no_scope_that_it_was_not_given(program):
    client, secret = program
    assert ask_token(client.client_id, secret, scope="read refund").json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "change",
    [
        {"client_secret": "wrong"},
        {"client_id": "nobody"},
        {"grant_type": "password", "username": "crm", "password": "correct horse battery"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "nothing"},
    ],
)
def test_a_wrong_request_gets_no_token(program, change):
    client, secret = program
    body = {
        "client_id": client.client_id,
        "client_secret": secret,
        "grant_type": "client_credentials",
        **change,
    }
    answer = Client().post("/oauth/token", body)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.json()


def test_neither_secret_nor_token_is_at_rest(program):
    client, secret = program
    token = ask_token(client.client_id, secret).json()["access_token"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM billing_apiclient")
        assert secret not in cursor.fetchone()[0]
        cursor.execute("SELECT oauth2_provider_accesstoken::text FROM oauth2_provider_accesstoken")
        assert token not in cursor.fetchone()[0]


def test_a_new_secret_ends_the_old_one_and_its_tokens(program):
    client, secret = program
    token = ask_token(client.client_id, secret).json()["access_token"]
    fresh = rotate_secret(client)
    assert ask_token(client.client_id, secret).status_code == 401
    assert ask_token(client.client_id, fresh).status_code == 200
    assert bearer(token).get(f"{PLAIN}/payment?limit=1").status_code == 401


def test_an_old_token_is_401(program):
    client, secret = program
    token = ask_token(client.client_id, secret).json()["access_token"]
    get_access_token_model().objects.update(expires=timezone.now())
    answer = bearer(token).get(f"{PLAIN}/payment")
    assert (answer.status_code, answer.json()["@type"]) == (401, "Error")


def test_a_token_in_the_address_is_none(program):
    client, secret = program
    token = ask_token(client.client_id, secret).json()["access_token"]
    assert APIClient().get(f"{PLAIN}/payment?access_token={token}").status_code == 401


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Bearer a.b.c", "Token x", "Bearer ÿ"])
def test_no_or_a_bad_token_is_401(db, header):
    answer = Client().get(f"{PLAIN}/payment", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["@type"]) == (401, "Error")
    assert "Bearer" in answer["WWW-Authenticate"]


@pytest.mark.parametrize("kind", ["bimetri", "omnitron"])
@pytest.mark.parametrize(
    ("permission", "scope"),
    [("view_payment", "read"), ("add_payment", "pay"), ("add_paymentmethod", "methods")],
)
def test_the_other_contracts_tokens_work_by_permission(telco, kind, permission, scope):
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename=permission, content_type__app_label="billing"))
    if kind == "bimetri":
        body = {"screenName": user.username, "password": "correct horse battery", "rememberMe": False}
        api = bearer(APIClient().post("/api/auth/login", body).json()["token"])
    else:
        body = {"username": user.username, "password": "correct horse battery"}
        key = APIClient().post("/api/v1/auth/login/", body).json()["key"]
        api = APIClient(headers={"Authorization": f"Token {key}"})
    for name, (method, path, sent) in PATHS.items():
        answer = getattr(api, method)(f"{PLAIN}/{path}", sent)
        assert (answer.status_code == 403) is (name != scope)


def test_attempts_are_limited(program):
    client, _secret = program
    answers = [ask_token(client.client_id, "wrong").status_code for _ in range(12)]
    assert answers[-1] == 429
