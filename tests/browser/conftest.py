"""A person at a browser: headless Chromium on the live server, without a line to the outside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desktop": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="no chromium on this machine (apt-get install chromium)")
                )


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, where Django would refuse the database; it ends with the module
    # because an asynchronous test of the same worker could not start a loop of its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(params=SIZES)
def page(request, chromium, live_server, ada) -> Iterator[object]:
    """A page on which ada is logged in. A script's error or a failed file fails the test."""
    with open_page(chromium, live_server, ada, size=request.param) as page:
        yield page


@pytest.fixture(params=["en-US", "tr-TR"])
def local_page(request, chromium, live_server, ada) -> Iterator[object]:
    """Like `page`, in an English and in a Turkish browser."""
    with open_page(chromium, live_server, ada, locale=request.param) as page:
        yield page


@contextmanager
def open_page(chromium, live_server, user=None, *, size="desktop", locale="en-US") -> Iterator[object]:
    """`user`: who is logged in."""
    from django.conf import settings
    from django.test import Client

    context = chromium.new_context(viewport=SIZES[size], base_url=live_server.url, locale=locale)
    if user is not None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))

    def note(message) -> None:
        if message.type == "error" and page.url.startswith(
            live_server.url
        ):  # not those of a bank's or provider's
            faults.append(message.text)

    page.on("console", note)
    yield page
    context.close()
    assert not faults
