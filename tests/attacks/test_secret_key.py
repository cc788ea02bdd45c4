"""SECRET_KEY is changed because somebody has seen it. What it signed lives on while it is a fallback, and no longer."""

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from billing.services.return_token import return_token_of
from tests.attacks.test_tokens import bearer, bimetri_token
from tests.billing.conftest import make_shop
from tests.support.factories import UserFactory

FRESH = "a new secret key, random enough for a test 0123456789"


@pytest.fixture
def signed(transactional_db):
    """A caller with a JWT, one with a session, and a payer whom the bank sends back."""
    finn = UserFactory(username="finn", role="Finance")
    pages = Client()
    pages.force_login(finn)
    result = reverse("payment-result", args=[return_token_of(make_shop().charge(three_d=True).payment)])
    return bearer(bimetri_token(finn)), pages, result


def are_valid(signed: tuple[APIClient, Client, str]) -> tuple[bool, bool, bool]:
    token, pages, result = signed
    return (
        token.post("/api/subscription/bill", {}, format="json").status_code != 401,
        pages.get("/admin/").status_code == 200,
        Client().get(result).status_code == 200,
    )


def test_what_was_signed_survives_a_rotation(signed, settings):
    assert are_valid(signed) == (True, True, True)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], FRESH
    assert are_valid(signed) == (True, True, True)


def test_a_session_that_was_used_outlives_the_fallback(signed, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [old], FRESH
    assert signed[1].get("/admin/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert signed[1].get("/admin/").status_code == 200


def test_nothing_survives_the_key_itself(signed, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FRESH, []
    assert are_valid(signed) == (False, False, False)


def test_new_tokens_are_signed_with_the_new_key(db, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], FRESH
    token = bearer(bimetri_token(UserFactory(username="finn", role="Finance")))
    settings.SECRET_KEY_FALLBACKS = []
    assert token.post("/api/subscription/bill", {}, format="json").status_code != 401
