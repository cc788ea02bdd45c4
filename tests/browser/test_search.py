"""The search box by keyboard, on wide and narrow screens, in English and Turkish browsers."""

import pytest

from tests.browser.conftest import open_page
from tests.support.factories import AccountFactory, BankFactory
from tests.support.pages import page_url

GOOD_CARD = "4111 1111 1111 1111"


def results(page) -> list[str]:
    page.locator("#search-dialog [role=option]").first.wait_for()
    return page.locator("#search-dialog [role=option] strong").all_inner_texts()


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_the_box_is_opened_typed_into_and_left_by_keyboard(page, channel, key):
    account = AccountFactory(name="İsmail IŞIK", phone="0532 123 45 67")
    BankFactory(name="Işıkbank", channel=channel)
    page.goto("/admin/payments/bank/")
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    page.keyboard.type("ışık")
    assert results(page) == ["İsmail IŞIK", "Işıkbank"]
    field = page.locator("#search-dialog [name=q]")
    first = field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") not in (None, first)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_url(account)}")


def test_a_slash_in_a_field_stays_a_slash(page, channel):
    page.goto("/admin/payments/bank/add/")
    page.focus("[name=name]")
    page.keyboard.type("a/b")
    assert page.input_value("[name=name]") == "a/b"
    assert not page.is_visible("#search-dialog")


def test_the_button_is_visible_on_every_page(page, channel):
    for path in ("", "payments/bank/", "payments/bank/add/", "payments/which-pos/", "auth/user/"):
        page.goto(f"/admin/{path}")
        page.click("#search-open")
        assert page.is_visible("#search-dialog [name=q]"), path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        page.keyboard.press("Escape")
        assert not page.is_visible("#search-dialog")


def test_a_card_number_is_not_even_sent(page, channel):
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.goto("/admin/")
    page.keyboard.press("/")
    page.locator("#search-dialog [name=q]").fill(GOOD_CARD)
    page.locator("#search-results .search-note").wait_for()
    assert "Card numbers are not allowed here." in page.inner_text("#search-status")
    assert not any("1111" in body for body in sent)


def test_nothing_found_is_said_aloud(local_page, channel):
    local_page.goto("/admin/")
    local_page.keyboard.press("/")
    local_page.keyboard.type("zzzz")
    local_page.locator("#search-results .search-note").first.wait_for()
    assert "zzzz" in local_page.inner_text("#search-status")


def test_an_answer_that_comes_late_does_not_replace_a_later_one(chromium, live_server, ada, channel):
    AccountFactory(name="Zeynep")
    with open_page(chromium, live_server, ada) as page:
        page.goto("/admin/")
        page.keyboard.press("/")
        page.keyboard.type("zeynep")
        assert results(page) == ["Zeynep"]
        page.locator("#search-dialog [name=q]").fill("")
        page.wait_for_timeout(400)
        assert page.locator("#search-dialog [role=option]").count() == 0
