"""By keyboard alone: what unfold opens with a click, and where the focus is after a page has answered."""

import pytest
from playwright.sync_api import expect

from payments.models import Bank
from tests.billing.conftest import make_shop
from tests.browser.conftest import open_page
from tests.support.factories import BankFactory
from tests.support.pages import add_url, page_url


@pytest.fixture
def desk(chromium, live_server, ada):
    with open_page(chromium, live_server, ada) as page:
        yield page


def focus_of(page) -> str:
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
    )


def press_until(page, key: str, reached, most: int = 80) -> None:
    for _ in range(most):
        if reached():
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached with {most} keys; the focus is on {focus_of(page)!r}")


def test_the_first_tab_skips_the_menu(desk):
    desk.goto("/admin/")
    desk.keyboard.press("Tab")
    assert focus_of(desk) == "Skip to the content"
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.closest('main') !== null")


def test_the_account_menu_opens_closes_and_logs_out(desk, ada):
    desk.goto("/admin/")
    menu = desk.get_by_role("button", name="ada", exact=False).first
    menu.focus()
    desk.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(desk.get_by_role("button", name="Light")).to_be_focused()
    press_until(desk, "Tab", lambda: "Log out" in focus_of(desk), 20)
    desk.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(menu).to_have_attribute("aria-expanded", "false")


def test_filters_are_reached_and_left(desk):
    make_shop().charge()
    desk.goto("/admin/billing/payment/")
    button = desk.get_by_role("button", name="Filters")
    button.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#changelist-filter")).to_be_visible()
    desk.wait_for_timeout(300)
    assert desk.evaluate("document.activeElement.closest('#changelist-filter') !== null")
    desk.keyboard.press("Escape")
    expect(desk.locator("#changelist-filter")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_menu_beside_a_field(desk, channel):
    desk.goto(page_url(BankFactory(channel=channel)))
    desk.goto("/admin/payments/card/add/")
    button = desk.locator(".field-bank").get_by_role("button", name="More actions")
    button.focus()
    desk.keyboard.press("Space")
    expect(desk.locator("#add_id_bank")).to_be_visible()
    desk.wait_for_timeout(300)
    assert desk.evaluate("document.activeElement.classList.contains('related-widget-wrapper-link')")


def test_after_an_error_the_focus_is_on_the_field_and_the_error_is_read_with_it(desk, channel):
    desk.goto(add_url(Bank))
    desk.select_option("[name=channel]", str(channel.pk))
    desk.click("button[name=_save]")
    name = desk.locator("#id_name")
    expect(name).to_be_focused()
    described = name.get_attribute("aria-describedby") or ""
    assert "This field is required" in " ".join(desk.inner_text(f"#{part}") for part in described.split())


def test_a_result_is_read_out(desk):
    desk.goto(page_url(BankFactory()))
    desk.fill("[name=name]", "Another name")
    desk.click("button[name=_continue]")
    expect(desk.locator("#messages")).to_be_focused()
    expect(desk.get_by_role("status").filter(has_text="changed successfully")).to_be_visible()


def test_a_refund_takes_at_most_25_keys_from_the_search_box(desk):
    shop = make_shop(("125.50",))
    payment = shop.charge().payment
    keys = 0

    def press(*names: str) -> None:
        nonlocal keys
        for name in names:
            keys += len(name.split("+"))
            desk.keyboard.press(name)

    desk.goto("/admin/")
    press("/")
    press(*"1111 125,50")
    desk.locator("#search-results [aria-selected=true]").filter(has_text="₺125.50").wait_for()
    press("Enter")
    desk.wait_for_url(f"**/payment/{payment.pk}/change/")
    press("Alt+r")
    desk.wait_for_url(f"**/payment/{payment.pk}/refund/")
    expect(desk.locator("[name=amount]")).to_be_focused()
    press("Tab")
    expect(desk.locator("[name=reason]")).to_be_focused()
    press(*"double", "Tab", "Enter")
    expect(desk.get_by_role("status").filter(has_text="efund")).to_be_visible()
    payment.refresh_from_db()
    assert (payment.refunded_amount, keys <= 25) == (payment.amount, True), keys


def test_the_shortcut_of_one_key_can_be_switched_off(desk):
    desk.goto("/admin/")
    desk.get_by_role("button", name="ada").first.click()
    desk.get_by_role("button", name="Search with").click()
    desk.keyboard.press("/")
    desk.wait_for_timeout(100)
    expect(desk.locator("#search-dialog")).to_be_hidden()
    desk.keyboard.press("Control+k")
    expect(desk.locator("#search-dialog")).to_be_visible()
