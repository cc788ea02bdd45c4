"""The dashboard's day in a browser: wide and narrow, by keyboard, with a chart and its table."""

from billing.services.roll_up import roll_up
from tests.billing.conftest import make_shop


def test_the_day_fits_and_leads_to_its_payments(page):
    payment = make_shop().charge().payment
    roll_up()
    page.goto("/admin/?period=7days")
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("canvas.chart").bounding_box()["height"] >= 150
    summary = page.locator("summary", has_text="as a table")
    summary.focus()
    page.keyboard.press("Enter")
    amount = page.locator("details a", has_text="₺215.40")
    amount.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing/payment/?**")
    assert page.locator(f"#result_list a[href*='/payment/{payment.pk}/']").count() > 0


def test_the_choice_stays_when_another_period_is_chosen(page):
    shop = make_shop()
    shop.charge()
    roll_up()
    page.goto("/admin/")
    page.select_option("[name=channel]", str(shop.channel.pk))
    page.click(".day-form button")
    page.click("nav >> text=Last 30 days")
    assert page.input_value("[name=channel]") == str(shop.channel.pk)
    assert f"channel={shop.channel.pk}" in page.url
    assert "period=30days" in page.url


def test_an_ambiguous_amount_is_told_and_a_plain_one_is_understood(local_page):
    shop = make_shop()
    payment = shop.charge().payment
    local_page.goto("/admin/billing/payment/?amount_from=215,40&amount_to=215.40")
    assert payment.order_id in local_page.inner_text("#result_list")
    local_page.goto("/admin/billing/payment/?amount_from=1.234")
    assert payment.order_id not in local_page.content()
    assert "1.234" in local_page.content()
