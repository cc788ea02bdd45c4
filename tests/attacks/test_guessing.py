"""Guessing passwords and secrets: at every door, from one address and from many, by one process and by several."""

import pytest
from django.core.cache import cache
from django.test import Client

from billing.contracts.tmf.auth import PERMISSIONS
from billing.services.api_client import create_client
from config.kit.attempts.models import AttemptCounter
from tests.support.factories import UserFactory

PASSWORD = "correct horse battery"  # noqa: S105  the factory's
pytestmark = pytest.mark.django_db

ADMIN, BROWSABLE = "/admin/login/", "/api/browse/login/"
PAGES = (ADMIN, BROWSABLE)
CONTRACTS = {"/api/v1/auth/login/": "username", "/api/auth/login": "screenName"}


@pytest.fixture(autouse=True)
def _no_rate(settings):
    """Only failures are looked at here; the rate of all log-ins is another limit."""
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "login": "10000/min"},
    }


@pytest.fixture
def alice():
    return UserFactory(username="alice", is_staff=True, is_superuser=True)


def log_in(path: str, username: str, password: str, address: str = "192.0.2.1") -> bool:
    """Whether it worked. Each process has a cache of its own: what it remembers does not count."""
    cache.clear()
    client = Client(REMOTE_ADDR=address)
    if path in PAGES:
        client.post(path, {"username": username, "password": password})
        return "_auth_user_id" in client.session
    body = {CONTRACTS[path]: username, "password": password}
    answer = client.post(path, body, content_type="application/json")
    return answer.status_code == 200


@pytest.mark.parametrize("path", [*PAGES, *CONTRACTS])
def test_an_account_is_locked_after_ten_guesses_from_one_address(alice, path):
    assert log_in(path, "alice", PASSWORD)
    for _ in range(10):
        assert not log_in(path, "alice", "guess")
    for door in (*PAGES, *CONTRACTS):
        assert not log_in(door, "alice", PASSWORD)
        assert not log_in(door, "ALICE", PASSWORD)


def test_whoever_guesses_does_not_lock_the_owner_out(alice):
    for _ in range(12):
        log_in(ADMIN, "alice", "guess", "192.0.2.66")
    assert not log_in(ADMIN, "alice", PASSWORD, "192.0.2.66")
    assert log_in(ADMIN, "alice", PASSWORD, "198.51.100.7")


def test_nobody_is_locked_by_what_others_behind_his_address_guess(alice):
    bob = UserFactory(username="bob", is_staff=True)
    for _ in range(12):
        log_in(ADMIN, bob.username, "guess")
    assert log_in(ADMIN, "alice", PASSWORD)


def test_many_addresses_do_not_guess_one_account(alice, settings):
    settings.LOGIN_FAILURES_OF_ACCOUNT = 20
    for number in range(20):
        log_in(ADMIN, "alice", "guess", f"192.0.2.{number}")
    assert not log_in(ADMIN, "alice", PASSWORD, "198.51.100.7")


def test_one_address_does_not_guess_many_accounts(alice, settings):
    settings.LOGIN_FAILURES_OF_ADDRESS = 20
    for number in range(20):
        log_in(ADMIN, f"user{number}", "Winter2026!")
    assert not log_in(ADMIN, "alice", PASSWORD)


def test_an_ipv6_network_is_one_address(alice):
    for number in range(10):
        log_in(ADMIN, "alice", "guess", f"2a00:1450:4001:80b::{number:x}")
    assert not log_in(ADMIN, "alice", PASSWORD, "2a00:1450:4001:80b:1:2:3:4")


def test_a_log_in_ends_the_count(alice):
    for _ in range(3):
        for _ in range(6):
            log_in(ADMIN, "alice", "guess")
        assert log_in(ADMIN, "alice", PASSWORD)


def test_the_lock_ends(alice):
    for _ in range(10):
        log_in(ADMIN, "alice", "guess")
    AttemptCounter.objects.update(ends_at="2026-01-01T00:00Z")
    assert log_in(ADMIN, "alice", PASSWORD)


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_say_that_it_is_locked_and_until_when(alice, path):
    for _ in range(10):
        log_in(path, "alice", "guess")
    page = Client(REMOTE_ADDR="192.0.2.1").post(path, {"username": "alice", "password": PASSWORD})
    assert "Try again in 30 minutes" in page.content.decode()


def test_the_counters_tell_neither_accounts_nor_addresses(alice):
    log_in(ADMIN, "alice", "guess")
    kept = " ".join(AttemptCounter.objects.values_list("key", flat=True))
    assert kept
    assert "alice" not in kept
    assert "192.0.2" not in kept


def token(client_id: str, secret: str, address: str = "192.0.2.1") -> int:
    cache.clear()
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return Client(REMOTE_ADDR=address).post("/oauth/token", body).status_code


def test_secrets_of_programs(alice):
    one, secret = create_client(name="one", scopes=list(PERMISSIONS))
    two, other = create_client(name="two", scopes=list(PERMISSIONS))
    for _ in range(30):
        assert token(two.client_id, other) == 200  # right ones are not counted
    assert [token(one.client_id, "guess") for _ in range(12)][-2:] == [429, 429]
    assert token(one.client_id, secret) == 429
    assert token(two.client_id, other) == 200
    assert token(one.client_id, secret, "198.51.100.7") == 200
