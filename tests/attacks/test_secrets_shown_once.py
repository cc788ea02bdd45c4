"""A new secret stays in the answer to the request that created it: not in a cookie, a session or a later page."""

import re

from django.contrib.sessions.models import Session

from billing.models import ApiClient
from billing.services.api_client import create_client
from tests.support.pages import add_url, page_url, press


def secret_in(page: str) -> str:
    found = re.search(r'id="key-client_secret"[^>]*value="([^"]{20,})"', page)
    assert found is not None
    return found[1]


def kept(client) -> str:
    """All that the browser and the session keep."""
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    return " ".join([*(morsel.value for morsel in client.cookies.values()), *sessions])


def test_the_secret_of_a_new_client(admin_pages, db):
    answer = admin_pages.post(add_url(ApiClient), {"name": "telco", "scopes": ["read"]})
    secret = secret_in(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert secret not in kept(admin_pages)
    assert secret not in admin_pages.get(page_url(ApiClient.objects.get())).content.decode()


def test_a_rotated_secret(admin_pages, db):
    client, old = create_client(name="telco", scopes=["read"])
    answer = press(admin_pages, client, "rotate", overlap="0")
    secret = secret_in(answer.content.decode())
    assert secret != old
    assert secret not in kept(admin_pages)
