"""What all contracts share: the language of answers, unknown paths, the client's address."""

import pytest
from django.test import RequestFactory
from rest_framework.test import APIClient

from billing.models import Payment
from config.kit.contracts.client_ip import client_ip
from tests.conftest import client_of
from tests.contracts.tmf.conftest import PLAIN, make_telco
from tests.support.factories import UserFactory

UNKNOWN_PATHS = {
    "native": "/api/v1/nothing/",
    "bimetri": "/api/payment/nothing",
    "naviga": "/Billing",
    "brm": "/brm/payment/v4/nothing",
    "tmf": "/tmf-api/paymentManagement/v4/nothing",
}


def in_turkish(method, path):
    headers = {"Accept-Language": "tr-TR,tr;q=0.9"}
    return APIClient().generic(method, path, "{}", content_type="application/json", headers=headers)


@pytest.mark.parametrize("path", UNKNOWN_PATHS.values(), ids=UNKNOWN_PATHS.keys())
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_404_in_english(db, path, method):
    answer = in_turkish(method, path)
    assert (answer.status_code, answer["Content-Language"]) == (404, "en")
    assert "Not found." in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/api/v1/payments/", "Authentication credentials were not provided."),
        ("/api/payment/add", "Authentication credentials were not provided."),
        ("/Billing/PaymentMethods", "Authorization is missing."),
        (f"{PLAIN}/payment", "Authentication credentials were not provided."),
        ("/oauth/token", "Request is missing grant type."),
    ],
)
def test_missing_credentials_are_told_in_english(db, path, text):
    answer = in_turkish("POST", path)
    assert answer.status_code in (400, 401)
    assert text in answer.content.decode()


def test_paywall_has_a_language_of_its_own(db):
    answer = in_turkish("GET", "/paywall/nothing")
    assert (answer.status_code, answer["Content-Language"]) == (404, "tr")
    assert answer.json()["Message"] == "Bu adreste bir şey yok."


def test_a_broken_rule_is_told_in_english(db):
    telco = make_telco()
    client = client_of(UserFactory(is_superuser=True))
    body = telco.sample(10, paymentItem=[telco.item(0, 30)])
    answers = [
        client.post(f"{PLAIN}/payment", body, headers={"Accept-Language": language})
        for language in ("en", "tr")
    ]
    assert answers[0].json()["reason"] == "PartsExceedAmount"
    assert answers[1].json() == answers[0].json()


def test_a_field_is_told_in_english(db):
    client = client_of(UserFactory(is_superuser=True))
    answers = [
        client.post("/api/payment/add", {}, headers={"Accept-Language": language})
        for language in ("en", "tr")
    ]
    assert answers[0].json()["message"] == "CardExpireMonth: This field is required."
    assert answers[1].json() == answers[0].json()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "unknown", ""),
    ],
)
def test_the_clients_address_is_seen_through_trusted_proxies_only(settings, proxies, forwarded, expected):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    request = RequestFactory(REMOTE_ADDR="192.0.2.1").get("/", headers={"X-Forwarded-For": forwarded})
    assert client_ip(request) == expected


def test_a_payment_keeps_the_clients_address(db, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    telco = make_telco()
    client = client_of(UserFactory(is_superuser=True))
    client.post(f"{PLAIN}/payment", telco.sample(), headers={"X-Forwarded-For": "198.51.100.7"})
    assert Payment.objects.get().payer_ip == "198.51.100.7"
