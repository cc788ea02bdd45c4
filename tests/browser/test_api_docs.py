"""The pages of the API documents in Chromium: shown from our own files, and tried out."""

import re

import pytest

from config.api_documents import PARTS
from tests.browser.conftest import open_page
from tests.support.factories import UserFactory


@pytest.fixture
def visitor(chromium, live_server):
    with open_page(chromium, live_server) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        yield page
        assert {url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))} == set()


@pytest.mark.parametrize("name", ["native", *(name for name in PARTS if name != "native")])
def test_the_operations_of_a_contract_are_shown(visitor, name):
    visitor.goto(f"/api/docs/{name}/")
    visitor.wait_for_selector(".opblock", timeout=20_000)
    assert visitor.inner_text(".info .title").startswith(PARTS[name].title)
    assert not visitor.query_selector(".errors-wrapper")


def test_a_request_is_tried_out(visitor):
    user = UserFactory(username="portal")
    visitor.goto("/api/docs/bimetri/")
    visitor.click("#operations-bimetri-bimetri_login .opblock-summary", timeout=20_000)
    visitor.fill(
        ".opblock.is-open textarea",
        f'{{"screenName": "{user.username}", "password": "correct horse battery"}}',
    )
    visitor.click(".opblock.is-open .execute")
    visitor.wait_for_selector(".live-responses-table .response", timeout=20_000)
    shown = visitor.inner_text(".live-responses-table .response")
    assert re.search(r"\b200\b", shown), shown
    assert '"token"' in shown
