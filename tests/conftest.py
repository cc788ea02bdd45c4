"""Fixtures of the whole suite. Personas: olivia operates, finn does the finances, ada administers, aydin audits,
nobody has no role.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.http import StreamingHttpResponse
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler
from rest_framework.test import APIClient

from tests.support.database import empty_tables, end_other_sessions, provide_template
from tests.support.factories import ChannelFactory, UserFactory

# Hashing a password properly takes most of a second, which is the point of it, but not of the tests.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# WhiteNoise reads all static files when an application is made, which the client of each test does.
settings.WHITENOISE_AUTOREFRESH = True

# Races are tested with more payers than a process may have at one POS; tests/billing/test_admission.py tests the caps.
settings.GATEWAY_CALLS_PER_POS = settings.GATEWAY_QUERIES_PER_POS = 100


LONGEST_FIRST = [
    "tests/config/process/test_run.py",  # needs no database of the suite, which another worker makes meanwhile
    "tests/billing/test_walk.py",
    "tests/billing/test_prove.py",
    "tests/payments/api/test_schemathesis.py",
    "tests/browser/test_accessibility.py",
    "tests/browser/test_admin_pages.py",
]
"""Each file runs in one worker, in this order, then the others: what takes long must not start last."""

MEASURED = ("tests/attacks/", "tests/billing/", "tests/contracts/", "tests/payments/", "tests/vault/")
"""Whose coverage is measured, which takes as long as half of a test: not of pages, processes and generated clients."""

UNMEASURED = ("tests/billing/test_prove.py", "tests/payments/api/test_schemathesis.py")
"""Other processes, and thousands of requests."""

MADE_BY_MIGRATIONS = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}
"""Roles and what they stand on."""


def _empty_but_for_roles(self: TransactionTestCase) -> None:
    empty_tables(keep=MADE_BY_MIGRATIONS)


# Django empties the roles, too, and a serialized copy of them takes a second to load before each test.
TransactionTestCase._fixture_teardown = _empty_but_for_roles  # type: ignore[method-assign]


_streams: list[StreamingHttpResponse] = []
_answer = ClientHandler.__call__


def _remember_streams(self: ClientHandler, environ: dict[str, Any]) -> Any:
    answer = _answer(self, environ)
    if isinstance(answer, StreamingHttpResponse):
        _streams.append(answer)
    return answer


ClientHandler.__call__ = _remember_streams  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """A stream that a test has not read to its end holds a savepoint: the test's transaction could not be undone."""
    while _streams:
        request_finished.disconnect(close_old_connections)  # as the client does: the test's connection stays
        _streams.pop().close()
        request_finished.connect(close_old_connections)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    twice = [test for test, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:  # of tests with one id xdist runs one
        raise pytest.UsageError(f"More than one test has the id {twice[0]}.")
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.nodeid.split("::")[0], len(order)))
    for item in items:
        if not item.nodeid.startswith(MEASURED) or item.nodeid.startswith(UNMEASURED):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = provide_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A thread that a test left behind may hold a connection: then the database could not be dropped at the end."""
    yield
    with django_db_blocker.unblock():
        end_other_sessions()


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
