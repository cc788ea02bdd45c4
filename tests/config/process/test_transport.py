"""Plain http in production: what was sent is not sent on as something else."""

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def _https_only(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 100


@pytest.mark.parametrize(
    "path", ["/api/v1/banks/", "/api/payment/add", "/Billing/PaymentMethods", "/oauth/token"]
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_request_that_writes_keeps_its_method(path, method):
    answer = getattr(Client(), method)(f"{path}?a=1")
    assert (answer.status_code, answer["Location"]) == (308, f"https://testserver{path}?a=1")


def test_a_page_is_moved_as_always():
    assert Client().get("/admin/").status_code == 301


@pytest.mark.parametrize("wanted", [True, False])
def test_the_preload_list_is_a_setting(settings, wanted):
    settings.SECURE_HSTS_PRELOAD = wanted
    assert ("preload" in Client().get("/healthz/x", secure=True)["Strict-Transport-Security"]) is wanted
