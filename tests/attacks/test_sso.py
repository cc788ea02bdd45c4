"""Somebody comes from the provider with a token that is not for this site. The real one is in tests/browser."""

import time

import pytest
from django.core.exceptions import SuspiciousOperation

from config.kit.sso.backend import ProviderBackend
from config.kit.sso.models import ProviderAccount
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db
ISSUER = "https://login.example"


@pytest.fixture(autouse=True)
def _offered(settings):
    settings.OIDC_ISSUER, settings.OIDC_RP_CLIENT_ID = ISSUER, "desk"
    settings.OIDC_ROLES = {"finance": "Finance"}


def claims(**more):
    return {
        "sub": "1",
        "preferred_username": "finn",
        "email": "finn@example.com",
        "groups": ["finance"],
        **more,
    }


@pytest.mark.parametrize(
    "payload",
    [
        {"iss": "https://evil.example", "aud": "desk"},
        {"iss": ISSUER, "aud": "another program"},
        {"iss": ISSUER, "aud": ["another program"]},
        {"iss": ISSUER, "aud": ["desk", "another program"], "azp": "another program"},
        {"iss": ISSUER, "aud": ["desk", "another program"]},
        {"iss": ISSUER},
        {},
    ],
)
def test_a_token_for_another_site_or_of_another_provider_is_refused(monkeypatch, payload):
    from mozilla_django_oidc.auth import OIDCAuthenticationBackend

    signed = {"sub": "1", "exp": time.time() + 60, **payload}
    monkeypatch.setattr(OIDCAuthenticationBackend, "verify_token", lambda *_args, **_kwargs: dict(signed))
    with pytest.raises(SuspiciousOperation):
        ProviderBackend().verify_token("signed by the provider")


def test_the_same_email_or_name_is_not_the_same_person():
    UserFactory(username="boss", email="finn@example.com", is_superuser=True)
    backend = ProviderBackend()
    finn = backend.create_user(claims())
    assert (finn.username, finn.is_superuser, finn.has_usable_password()) == ("finn", False, False)
    assert list(backend.filter_users_by_claims(claims())) == [finn]
    assert not backend.filter_users_by_claims(claims(sub="2"))
    with pytest.raises(SuspiciousOperation):
        backend.create_user(claims(sub="2", preferred_username="BOSS"))
    assert ProviderAccount.objects.get().subject == "1"


@pytest.mark.parametrize(
    "groups", [None, [], "finance", ["Finance"], ["football"], [["finance"]], {"finance": 1}]
)
def test_groups_that_are_none_of_ours_open_nothing(groups):
    assert not ProviderBackend().verify_claims(claims(groups=groups))


def test_a_password_is_never_shown_to_the_provider(rf):
    UserFactory(username="finn")
    request = rf.post("/admin/login/?code=x&state=y")
    assert ProviderBackend().authenticate(request, username="finn", password="correct horse battery") is None


@pytest.mark.parametrize("path", ["/admin/sso/", "/admin/sso/back/?code=x&state=y"])
def test_without_a_provider_the_pages_are_not_there(client, settings, path):
    settings.OIDC_ISSUER = ""
    assert client.get(path).status_code == 404
    assert "company account" not in client.get("/admin/login/").content.decode()


def test_an_answer_that_nobody_asked_for_logs_nobody_in(client):
    assert client.get("/admin/sso/back/?code=x&state=y")["Location"] == "/admin/login/"
    assert "_auth_user_id" not in client.session


def test_a_provider_that_does_not_answer_is_an_error_on_the_page(client, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert client.get("/admin/sso/")["Location"] == "/admin/login/"
