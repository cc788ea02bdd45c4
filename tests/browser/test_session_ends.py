"""Somebody is called away from a half-filled form: one click keeps the session, and a new log-in keeps the form."""

from django.contrib.sessions.models import Session

from payments.models import Bank
from tests.browser.conftest import open_page
from tests.support.factor import PASSWORD
from tests.support.factories import BankFactory
from tests.support.pages import page_url


def let_time_pass(seconds: int) -> None:
    for stored in Session.objects.all():
        data = stored.get_decoded()
        data["seen_at"] -= seconds
        stored.session_data = Session.objects.encode(data)
        stored.save()


def test_a_form_outlives_its_session(chromium, live_server, ada, settings):
    settings.SESSION_IDLE_SECONDS = 62  # the page asks after two
    bank = BankFactory(name="Old name")
    with open_page(chromium, live_server, ada) as page:
        page.goto(page_url(bank))
        page.fill("#id_name", "New name")
        let_time_pass(10)
        page.get_by_role("alertdialog", name="You will be logged out soon").wait_for()
        page.click("#session-dialog >> text=Stay logged in")
        page.locator("#session-dialog").wait_for(state="hidden")

        let_time_pass(100)
        page.locator("#session-dialog >> text=You were logged out").wait_for()
        settings.SESSION_IDLE_SECONDS = 900
        assert page.is_visible("#session-dialog >> text=Log in again")
        other = (
            page.context.new_page()
        )  # what the button opens; Playwright does not see this Chromium's popups
        other.goto("/admin/login/?next=/admin/")
        other.fill("[name=username]", ada.username)
        other.fill("[name=password]", PASSWORD)
        other.click("button[type=submit]:has-text('Log in')")
        other.wait_for_url("**/admin/")
        other.close()
        page.locator("#session-dialog").wait_for(state="hidden")

        with page.expect_navigation():
            page.click("[name=_continue]")
        assert Bank.objects.get(pk=bank.pk).name == "New name"
