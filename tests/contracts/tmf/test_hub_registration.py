"""Registering with the hub."""

import pytest
from django.db import connection

from billing.models import EventSubscription
from tests.contracts.tmf.conftest import BRM, PLAIN


@pytest.fixture(autouse=True)
def _private_callbacks(settings):
    settings.HUB_ALLOW_PRIVATE_CALLBACKS = True


def test_registering_answers_where_it_is_and_the_secret_once(telco, api):
    answer = api.post(
        f"{BRM}/hub", {"callback": "http://127.0.0.1:1/", "query": "eventType=PaymentCreateEvent"}
    )
    body = answer.json()
    assert answer.status_code == 201
    assert list(body) == ["id", "callback", "query", "secret"]
    assert answer["Location"] == f"http://testserver{BRM}/hub/{body['id']}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM billing_eventsubscription")
        assert body["secret"] not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("callback", "query"),
    [
        ("", ""), ("ftp://example.com/", ""), ("https://", ""), ("https://user:pass@example.com/", ""),
        ("http://[::1", ""), ("http://example.com:99999/", ""), ("https://example.com/\n", ""),
        ("http://127.0.0.1/", "eventType=Nothing"), ("http://127.0.0.1/", "payment.nothing=1"),
        ("http://127.0.0.1/", "nothing=1"), ("http://127.0.0.1/", "payment.status.regex=x"),
        ("http://127.0.0.1/", "limit=3"), ("http://127.0.0.1/", "x"),
    ],
)  # fmt: skip
def test_a_wrong_registration_is_400(telco, api, callback, query):
    answer = api.post(f"{PLAIN}/hub", {"callback": callback, "query": query})
    assert (answer.status_code, answer.json()["@type"]) == (400, "Error")
    assert not EventSubscription.objects.exists()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "0x7f000001"]
)
def test_private_hosts_are_refused(telco, api, settings, host):
    settings.HUB_ALLOW_PRIVATE_CALLBACKS = False
    answer = api.post(f"{PLAIN}/hub", {"callback": f"http://{host}/"})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
