"""Requests generated from an OpenAPI document and sent to the application, inside the test's transaction."""

import re
from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as specification

from config.api_documents import document_of
from config.kit.api.documents import at_host
from config.wsgi import application

CHECKS = [
    not_a_server_error,
    specification.status_code_conformance,
    specification.content_type_conformance,
    specification.response_headers_conformance,
    specification.response_schema_conformance,
    specification.negative_data_rejection,
    specification.positive_data_acceptance,
    specification.missing_required_header,
    specification.unsupported_method,
    specification.use_after_free,
    specification.ensure_resource_availability,
    specification.ignored_auth,
]
"""All that schemathesis has for an OpenAPI document."""


def schema_of(name: str) -> Any:
    """The generator of requests for the document of a contract."""
    document = at_host(document_of(name), "http://testserver")
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    return schema


def checks_but(*names: str) -> list[Any]:
    known = {check.__name__ for check in CHECKS}
    assert set(names) <= known, names
    return [check for check in CHECKS if check.__name__ not in names]


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


def accepted_but_for(*reasons: str) -> Any:
    """`positive_data_acceptance`, but for answers in which one of the `reasons` (regular expressions) stands."""

    def positive_data_acceptance(ctx: Any, response: Any, case: Case) -> bool | None:
        try:
            return specification.positive_data_acceptance(ctx, response, case)
        except AssertionError:
            if any(re.search(reason, response.text) for reason in reasons):
                return None
            raise

    return positive_data_acceptance


def refused_but_for(*reasons: str) -> Any:
    """`negative_data_rejection`, but for failures in whose words one of the `reasons` stands."""

    def negative_data_rejection(ctx: Any, response: Any, case: Case) -> bool | None:
        try:
            return specification.negative_data_rejection(ctx, response, case)
        except AssertionError as error:
            words = f"{error} {getattr(error, 'message', '')}"
            if any(re.search(reason, words) for reason in reasons):
                return None
            raise

    return negative_data_rejection


def send(case: Case, **how: object) -> None:
    """Send it, check the answer, undo what it wrote."""
    like_a_tests = transaction.atomic()
    like_a_tests._from_testcase = True  # within it durable transactions are allowed
    with like_a_tests:
        case.call_and_validate(**how)
        transaction.set_rollback(True)
