"""Every answer that a test of a contract sees is declared in OpenAPI."""

import pytest
from django.test import Client

from tests.support.declared import is_declared


@pytest.fixture(autouse=True)
def _answers_are_declared(monkeypatch):
    seen = set()
    send = Client.request

    def request(self, **environ):
        answer = send(self, **environ)
        seen.add((environ["REQUEST_METHOD"], environ["PATH_INFO"], answer.status_code))
        return answer

    monkeypatch.setattr(Client, "request", request)
    yield
    assert [answer for answer in sorted(seen) if not is_declared(*answer)] == []
