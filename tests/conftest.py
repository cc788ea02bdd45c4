"""Fixtures of the whole suite. Personas: olivia operates, finn does the finances, ada administers, aydin audits,
nobody has no role.
"""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from tests.support.factories import ChannelFactory, UserFactory

# Hashing a password properly takes most of a second, which is the point of it, but not of the tests.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test with real transactions gets the migrations' rows (roles) back after the flush before it.

    All or none: Django's flush makes the content types again for a test that does not ask for the rows.
    """
    for item in items:
        mark = item.get_closest_marker("django_db")
        real = (mark and mark.kwargs.get("transaction")) or "transactional_db" in getattr(
            item, "fixturenames", ()
        )
        if real:
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.fixture(autouse=True)
def _fresh_cache():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def ada(db) -> User:
    """Administers: a superuser."""
    return UserFactory(username="ada", is_superuser=True)


@pytest.fixture
def olivia(db) -> User:
    """Operates the configuration; must not see secrets."""
    return UserFactory(username="olivia", role="Operator")


@pytest.fixture
def aydin(db) -> User:
    """Audits: reads everything, writes nothing."""
    return UserFactory(username="aydin", role="Auditor")


@pytest.fixture
def finn(db) -> User:
    """Finance: sees the configuration, gives money back, settles."""
    return UserFactory(username="finn", role="Finance")


@pytest.fixture
def channel(db):
    return ChannelFactory(name="Shop", slug="shop")


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(ada) -> APIClient:
    """The API as ada calls it."""
    return client_of(ada)


@pytest.fixture
def admin_pages(ada) -> Client:
    """The admin as ada's browser sees it."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def browser() -> Callable[[User], Client]:
    def of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return of
