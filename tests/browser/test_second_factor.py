"""A person with a passkey: from the first log-in to a refund. Chromium's virtual authenticator is the security key."""

import re

from django.contrib.sessions.models import Session
from django_otp_webauthn.models import WebAuthnCredential

from billing.models import Refund
from tests.billing.conftest import make_shop
from tests.browser.conftest import open_page
from tests.support.factor import PASSWORD
from tests.support.factories import UserFactory
from tests.support.pages import page_url


def plug_in_authenticator(page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in(page, username: str) -> None:
    page.goto("/admin/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")


def let_time_pass(seconds: int) -> None:
    stored = Session.objects.get()
    data = stored.get_decoded()
    data["factor_confirmed_at"] -= seconds
    stored.session_data = Session.objects.encode(data)
    stored.save()


def test_a_passkey_is_added_at_the_first_log_in_and_shown_for_a_refund(chromium, live_server, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = [live_server.url]
    finn, payment = UserFactory(username="finn", role="Finance"), make_shop().charge().payment
    with open_page(chromium, live_server) as page:
        plug_in_authenticator(page)
        log_in(page, "finn")
        page.click("text=Add a passkey")
        page.click("text=Show my recovery codes")
        assert page.locator("#recovery-codes li").count() == 10
        page.click("text=I have saved them")
        page.wait_for_url("**/admin/")

        let_time_pass(601)
        page.goto(page_url(payment, "refund"))
        page.fill("[name=amount]", "10.00")
        page.fill("[name=reason]", "The customer called")
        page.click("form button[type=submit]:has-text('Refund')")
        page.locator("text=What you entered is kept").wait_for()
        assert not Refund.objects.exists()
        page.click("text=Use a passkey")
        page.wait_for_url(re.compile(f"{page_url(payment)}$"))
        refund = Refund.objects.get()
        assert (refund.reason, refund.requested_by) == ("The customer called", finn)

        page.context.clear_cookies()
        log_in(page, "finn")
        assert page.goto("/admin/billing/payment/").url.startswith(f"{live_server.url}/admin/second-factor/")
        page.click("text=Use a passkey")
        page.wait_for_url("**/admin/billing/payment/")
    credential = WebAuthnCredential.objects.get()
    assert credential.user == finn
    assert credential.sign_count >= 2
