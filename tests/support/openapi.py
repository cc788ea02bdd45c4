"""Requests generated from an OpenAPI document and sent to the application, inside the test's transaction."""

from collections.abc import Iterator
from copy import copy

import pytest
from django.contrib.auth.models import User
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from schemathesis import Case


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests do not close the connection of the test's transaction."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.fixture
def token_headers(ada: User, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The headers of ada's token.

    The database is not asked for the token again: that takes four of ten queries of a request, and there are thousands
    of requests. Authentication has tests of its own.
    """
    token, key = AuthToken.objects.create(user=ada)
    look_up = TokenAuthentication.authenticate_credentials

    def authenticate_credentials(self: TokenAuthentication, sent: bytes) -> tuple[User, AuthToken]:
        return (copy(ada), copy(token)) if sent == key.encode() else look_up(self, sent)

    monkeypatch.setattr(TokenAuthentication, "authenticate_credentials", authenticate_credentials)
    return {"Authorization": f"Token {key}"}


def examples(count: int) -> settings:
    """`count` examples, the same in every run."""
    return settings(
        max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )


def send(case: Case, **how: object) -> None:
    """Send it, check the answer, undo what it wrote."""
    with transaction.atomic():
        case.call_and_validate(**how)
        transaction.set_rollback(True)
