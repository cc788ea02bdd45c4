"""Somebody sits down at a colleague's open session, long after the log-in: what matters asks for the factor."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User

from billing.models import ApiClient, Payment, Refund
from config.kit.admin.confirm import ConfirmedAction
from config.kit.attempts.models import AttemptCounter
from payments.models import POS, Channel
from tests.billing.conftest import make_shop
from tests.support.factor import PASSWORD, code_of, give_app, let_time_pass, logged_in
from tests.support.factories import BankFactory, ChannelFactory, PosFactory, UserFactory
from tests.support.pages import add_url, form_data, list_url, page_url, press, save
from tests.vault.conftest import make_shop as make_vault_shop
from vault.models import ApiKey

LONG = 601
HEADING = "Confirm that it is you"


@pytest.fixture
def shop(transactional_db):
    return make_shop()


@pytest.fixture
def app(ada):
    return give_app(ada)


@pytest.fixture
def pages(ada, app):
    """Ada's session, whose factor was shown eleven minutes ago."""
    pages = logged_in(ada, app)
    let_time_pass(pages, LONG)
    return pages


def kept_form(page) -> dict[str, str]:
    """The hidden fields of the page that asks, as a browser sends them."""
    text = page.content.decode()
    assert HEADING in text
    form = text[text.index('id="factor-form"') :]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {unescape(name): unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def refund_form(**more):
    return {"amount": "10.00", "reason": "Ünlü & “quoted” <b>", "idempotency_key": "k1", **more}


def test_a_refund_waits_for_the_factor_and_its_form_is_kept(shop, pages, app):
    payment = shop.charge().payment
    url = page_url(payment, "refund")
    asked = pages.post(url, refund_form())
    assert not Refund.objects.exists()
    assert kept_form(asked) == refund_form()
    wrong = pages.post(url, {**kept_form(asked), "factor_code": "000000"})
    assert kept_form(wrong) == refund_form()
    assert not Refund.objects.exists()
    done = pages.post(url, {**kept_form(wrong), "factor_code": code_of(app)})
    assert done["Location"] == page_url(payment)
    assert Refund.objects.get().reason == "Ünlü & “quoted” <b>"
    press(pages, payment, "refund", amount="11.00")
    assert Refund.objects.count() == 2  # nothing is asked for ten minutes


def test_guesses_are_counted_here_too(shop, pages, app):
    url = page_url(shop.charge().payment, "refund")
    for _ in range(10):
        pages.post(url, refund_form(factor_code="000000"))
    locked = pages.post(url, refund_form(factor_code=code_of(app)))
    assert "Try again in" in locked.content.decode()
    assert not Refund.objects.exists()
    assert AttemptCounter.objects.exists()


def test_a_used_code_does_not_do_it(shop, ada, app):
    code = code_of(app)
    pages = logged_in(ada, app)
    app.refresh_from_db()
    app.verify_token(code)
    let_time_pass(pages, LONG)
    pages.post(page_url(shop.charge().payment, "refund"), refund_form(factor_code=code))
    assert not Refund.objects.exists()


@pytest.mark.parametrize("age", [-5, LONG, 10**9])
def test_a_clock_that_was_set_back_helps_nobody(shop, ada, app, age):
    pages = logged_in(ada, app)
    let_time_pass(pages, age)
    pages.post(page_url(shop.charge().payment, "refund"), refund_form())
    assert not Refund.objects.exists()


def test_pos_channels_users_roles_clients_and_merchants_keys(pages, shop):
    vault_shop = make_vault_shop("Bakkal")
    key = ApiKey.objects.filter(merchant=vault_shop.merchant).get()
    role, other = Group.objects.get(name="Auditor"), UserFactory(username="other")
    posted = {
        page_url(shop.pos): {"name": "Mine", "resource_url": "https://evil.example/"},
        add_url(POS): {"name": "Mine"},
        list_url(POS): {"action": "delete_selected", "_selected_action": [shop.pos.pk], "post": "yes"},
        page_url(shop.channel): {"name": "Mine"},
        page_url(role): {"name": "Mine"},
        page_url(other): {"username": "mine"},
        f"/admin/auth/user/{other.pk}/password/": {"password1": "x", "password2": "x"},
        add_url(User): {"username": "mine"},
        add_url(ApiClient): {"name": "Mine"},
        add_url(ApiKey): {"merchant": key.merchant_id},
        page_url(key, "rotate"): {},
        page_url(key, "revoke"): {},
        page_url(shop.charge().payment, "settle"): {"reason": "x"},
        "/admin/password_change/": {"old_password": PASSWORD},
        "/admin/second-factor/codes/": {},
        "/admin/second-factor/remove/app/1/": {},
    }
    unasked = [url for url, data in posted.items() if HEADING not in pages.post(url, data).content.decode()]
    assert unasked == []
    key.refresh_from_db()
    assert Channel.objects.filter(name="Mine").count() == POS.objects.filter(name="Mine").count() == 0


def test_a_pos_is_saved_with_all_of_its_form(pages, app, settings):
    pos = PosFactory(channel=ChannelFactory())
    form = form_data(pages.get(page_url(pos))) | {"name": "Renamed"}
    asked = pages.post(page_url(pos), form)
    done = pages.post(page_url(pos), {**kept_form(asked), "factor_code": code_of(app)})
    assert done.status_code == 302
    pos.refresh_from_db()
    assert pos.name == "Renamed"


def test_what_does_not_matter_is_not_asked_for(pages):
    bank = BankFactory()
    assert save(pages, page_url(bank), name="Renamed").status_code == 302
    assert pages.get(page_url(PosFactory(channel=bank.channel))).status_code == 200


def test_the_browsable_api_writes_nothing(pages, app):
    pos = PosFactory(channel=ChannelFactory())
    answer = pages.patch(f"/api/v1/pos/{pos.pk}/", {"name": "Mine"}, content_type="application/json")
    assert answer.status_code == 403
    assert "second factor" in answer.content.decode()
    assert pages.get(f"/api/v1/pos/{pos.pk}/").status_code == 200
    pages.post("/admin/second-factor/ask/", {"factor_code": code_of(app)})
    answer = pages.patch(f"/api/v1/pos/{pos.pk}/", {"name": "Mine"}, content_type="application/json")
    assert answer.status_code == 200


def test_an_old_session_adds_no_factor(pages):
    assert pages.get("/admin/second-factor/add/")["Location"].startswith("/admin/second-factor/ask/")
    assert pages.post("/admin/second-factor/passkeys/register/").status_code == 403


def test_who_has_no_factor_is_not_asked_for_one(shop, browser, finn):
    payment = shop.charge().payment
    press(browser(finn), payment, "refund", amount="10.00")
    assert Refund.objects.count() == 1
    assert Payment.objects.get() == payment


def test_every_other_action_asks_unless_it_is_on_this_list():
    pages = [page for page in admin.site._registry.values() if hasattr(page, "confirmed_actions")]
    actions: set[type[ConfirmedAction]] = {action for page in pages for action in page.confirmed_actions}
    assert {action.__name__ for action in actions if not action.asks_factor} == {
        "AskWriteOff",
        "AssignCase",
        "AssignDifference",
        "CloseCase",
        "CloseDifference",
        "CommentCase",
        "ConnectionTest",
        "DisableSubscription",
        "EndMatch",
        "MatchLine",
        "QueryStatus",
        "ResendDeadEvents",
        "ResetBreaker",
        "Withdraw",
    }
