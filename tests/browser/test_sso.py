"""Single sign-on in Chromium, against a certified OpenID provider that runs beside it."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from tests.browser.conftest import open_page
from tests.support import oidc
from tests.support.factories import UserFactory

ROLES = {"payments-finance": "Finance", "payments-audit": "Auditor"}


@pytest.fixture
def issuer(live_server, settings):
    folder = oidc.install()
    if folder is None:
        pytest.skip("needs node, npm and, the first time, the npm registry")
    with oidc.provider(folder, f"{live_server.url}/admin/sso/back/") as issuer:
        settings.OIDC_ISSUER = issuer
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "desk", "secret-of-the-desk"
        settings.OIDC_ROLES = ROLES
        yield issuer


def log_in(page, name: str) -> None:
    page.goto("/admin/login/?next=/admin/billing/payment/")
    page.click("text=Log in with your company account")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "whatever")
    page.click("button[type=submit]")
    page.click("button[type=submit]")  # consent


def wait_for_check() -> None:
    """As long as a session is believed without asking the provider."""
    for stored in Session.objects.all():
        data = stored.get_decoded()
        if "oidc_id_token_expiration" in data:
            data["oidc_id_token_expiration"] -= 301
            stored.session_data = Session.objects.encode(data)
            stored.save()


def test_roles_come_from_groups_and_who_is_gone_at_the_provider_is_out(chromium, live_server, issuer):
    with open_page(chromium, live_server) as page:
        log_in(page, "finn")
        page.wait_for_url("**/admin/billing/payment/")
        finn = User.objects.get(username="finn")
        assert [role.name for role in finn.groups.all()] == ["Finance"]
        assert (finn.is_superuser, finn.has_usable_password()) == (False, False)

        wait_for_check()
        oidc.set_groups(issuer, "finn", ["payments-audit"])
        page.goto("/admin/billing/refund/")
        page.wait_for_url("**/admin/billing/refund/")
        assert [role.name for role in finn.groups.all()] == ["Auditor"]

        wait_for_check()
        oidc.set_groups(issuer, "finn", None)
        page.goto("/admin/billing/refund/")
        page.wait_for_url("**/admin/login/**")
        assert not [row for row in Session.objects.all() if "_auth_user_id" in row.get_decoded()]


def test_nobody_comes_in_without_a_role_or_under_a_colleagues_name(chromium, live_server, issuer):
    UserFactory(username="Finn", is_superuser=True)
    for name in ("olga", "finn"):
        with open_page(chromium, live_server) as page:
            log_in(page, name)
            page.wait_for_url("**/admin/login/**")
            assert page.is_visible("text=your account has no role here")
    assert User.objects.count() == 1


def test_the_second_factor_is_asked_for_all_the_same(chromium, live_server, issuer, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    with open_page(chromium, live_server) as page:
        log_in(page, "finn")
        page.wait_for_url("**/admin/second-factor/add/**")
