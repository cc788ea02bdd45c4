"""A portal on another origin shows the 3-D pages in a frame or a pop-up, and is told the result."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from payments import services
from payments.models import Channel
from tests.browser.test_three_d import enter
from tests.contracts.bimetri.conftest import SAMPLE, make_portal_shop

LISTENER = """
<p id="said"></p>
<script>
window.addEventListener("message", (event) => {
  const text = event.origin + " " + JSON.stringify(event.data);
  if (event.data.type === "payment") document.getElementById("said").textContent = text;
});
</script>
"""
FRAME = LISTENER + '<iframe src="/bank" width="600" height="600"></iframe>'
POPUP = LISTENER + """<button onclick="window.open('/bank', 'bank')">Pay</button>"""


class Portal(ThreadingHTTPServer):
    """The portal's web server, on another origin than ours: `pages` by path."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/done": "<h1>Portal</h1>"}
        super().__init__(("127.0.0.1", 0), PortalHandler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class PortalHandler(BaseHTTPRequestHandler):
    server: Portal

    def do_GET(self) -> None:
        text = self.server.pages.get(urlsplit(self.path).path, "").encode()
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running(portal: Portal) -> Iterator[Portal]:
    thread = threading.Thread(target=portal.serve_forever)
    thread.start()
    yield portal
    portal.shutdown()
    thread.join()
    portal.server_close()


@pytest.fixture
def portal() -> Iterator[Portal]:
    with running(Portal()) as portal:
        yield portal


@pytest.fixture
def start(chromium, live_server, settings, api, portal):
    """Starts a payment and opens the portal's page; `allowed` are the channel's portals."""
    settings.PUBLIC_URL = live_server.url
    contexts = []

    def started(html: str, allowed: list[str]):
        shop = make_portal_shop()
        services.channels.update(Channel.objects.get(pk=shop.channel.pk), conf={"portal_origins": allowed})
        change = {"returnUrl": f"{portal.origin}/done"} if portal.origin in allowed else {}
        body = {**SAMPLE, "CardNumber": "4111111111111111", "threeD": 1, **change}
        answer = api.post("/api/payment/add", body, format="json")
        assert answer.status_code == 201, answer.content
        portal.pages |= {"/pay": html, "/bank": answer.json()["message"]}
        context = chromium.new_context(locale="en-US")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{portal.origin}/pay")
        return page

    yield started
    for context in contexts:
        context.close()


def said(page) -> dict:
    expect(page.locator("#said")).to_contain_text("paid")
    origin, _, data = page.locator("#said").inner_text().partition(" ")
    return {"origin": origin, **json.loads(data)}


def test_in_a_frame(start, live_server, portal):
    page = start(FRAME, [portal.origin])
    frame = page.frame_locator("iframe")
    enter(frame, "123456")
    expect(frame.get_by_text("Payment received").first).to_be_visible()
    told = said(page)
    assert (told["origin"], told["result"]) == (live_server.url, "paid")
    assert told["order"]
    frame.get_by_role("link", name="Back to 127.0.0.1").click()
    page.wait_for_url(f"{portal.origin}/done?**")
    assert f"order={told['order']}&result=paid" in page.url


def test_in_a_pop_up(start, live_server, portal):
    page = start(POPUP, [portal.origin])
    with page.expect_popup() as opened:
        page.get_by_role("button").click()
    enter(opened.value, "123456")
    expect(opened.value.get_by_text("Payment received").first).to_be_visible()
    assert said(page)["origin"] == live_server.url


def test_other_pages_show_nothing_of_it(start):
    page = start(FRAME, ["https://another.example"])
    page.wait_for_timeout(1500)
    assert page.frames[-1].locator("input[name=code]").count() == 0
    assert page.locator("#said").inner_text() == ""
