"""WCAG 2.2 AA of every kind of page, in light and dark, on a desktop and on two phones, by axe-core."""

import pytest

from tests.browser.conftest import open_page
from tests.browser.office import make_office, model_pages, other_pages
from tests.support import axe

DESKTOP, SMALL_PHONE, PHONE = 1440, 320, 390
STILL = "* { transition: none !important; animation: none !important; }"
MODELS = [
    "payment list", "payment page", "refund list", "case page", "difference page", "commissionplan add",
    "pos list", "pos add", "pos page", "pos history", "channel page", "card page", "bank delete", "binnumber list",
    "account page", "bill page", "paymentmethod page", "tenant page", "apiclient page", "apikey add",
    "user page", "group page", "configurationchange list", "merchant page", "storedcard list",
]  # fmt: skip
"""One of each kind: what a list, form or history of another model adds is its words."""
SAME_TEMPLATE = {
    "void", "ask", "deallocate", "reject", "upload banks", "account upload", "payouts", "forecast",
}  # fmt: skip
"""As of pages that are measured: refund, approve, an upload, and figures."""


@pytest.fixture(scope="module")
def axe_script() -> str:
    text = axe.script()
    if text is None:
        pytest.skip("no axe-core: neither node nor npm's registry")
    return text


def faults_of(page) -> list[str]:
    """In both themes and all sizes; what only themes differ in is measured once more in the other theme."""
    page.add_style_tag(content=STILL)
    found = []
    for width in (DESKTOP, SMALL_PHONE, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        for is_dark in (False, True):
            page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", is_dark)
            page.emulate_media(color_scheme="dark" if is_dark else "light")  # the payer's pages
            rules = axe.COLORS if is_dark else axe.SIZES if width == PHONE else axe.WCAG_22_AA
            found += [
                f"{width} {'dark' if is_dark else 'light'} {fault}" for fault in axe.violations(page, rules)
            ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width} wider than the window")
    page.set_viewport_size({"width": DESKTOP, "height": 800})
    return found


def test_no_page_has_a_violation(chromium, live_server, ada, axe_script):
    office = make_office()
    pages = {name: url for name, url in other_pages(office).items() if name not in SAME_TEMPLATE}
    pages |= {name: url for name, url in model_pages().items() if name in MODELS}
    assert set(MODELS) <= set(pages)
    faults: dict[str, list[str]] = {}
    with open_page(chromium, live_server, ada) as page:
        page.context.add_init_script(axe_script)
        for name, url in pages.items():
            assert page.goto(url).status == 200, name
            if found := faults_of(page):
                faults[name] = found
        page.keyboard.press("/")
        page.keyboard.type("Ali")
        page.locator("#search-results [role=option]").first.wait_for()
        faults |= {"search dialog": found} if (found := faults_of(page)) else {}
    with open_page(chromium, live_server) as page:
        page.context.add_init_script(axe_script)
        page.goto("/admin/login/")
        page.fill("[name=username]", "nobody")
        page.fill("[name=password]", "wrong")
        page.keyboard.press("Enter")
        page.locator(".errornote").first.wait_for()
        faults |= {"log-in": found} if (found := faults_of(page)) else {}
    assert faults == {}


def test_error_pages_have_none(chromium, admin_pages, axe_script):
    page = chromium.new_page()
    for path in ("/admin/nowhere/", "/pay/result/nonsense/"):
        page.set_content(admin_pages.get(path).content.decode())  # they need no other file
        page.evaluate(axe_script)
        assert faults_of(page) == []
    page.close()
