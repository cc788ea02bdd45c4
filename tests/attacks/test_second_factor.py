"""Somebody knows a password, or sits down at an open session: without the second factor neither is enough."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from config.kit.factors import policy
from config.kit.factors.models import AuthenticatorApp, RecoveryCode
from config.kit.identity.models import ConfigurationChange, Login
from tests.attacks.test_tokens import bearer, native_key
from tests.support.factor import ADD, ASK, PASSWORD, code_of, give_app, logged_in, with_password
from tests.support.factories import UserFactory
from tests.support.pages import page_url, press

pytestmark = pytest.mark.django_db

OVERVIEW, CODES = "/admin/second-factor/", "/admin/second-factor/codes/"
BEGIN = "/admin/second-factor/passkeys/register/"
PAGES = (
    "/admin/",
    "/admin/payments/pos/",
    "/admin/password_change/",
    OVERVIEW,
    CODES,
    "/admin/autocomplete/",
)


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def finn(db):
    return UserFactory(username="finn", role="Finance")


@pytest.fixture
def app(finn):
    return give_app(finn)


@pytest.fixture
def session(finn, app):
    return logged_in(finn, app)


def is_in(pages) -> bool:
    return pages.get("/admin/").status_code == 200


# A password alone


@pytest.mark.parametrize("has_app", [True, False])
@pytest.mark.parametrize("path", PAGES)
def test_a_password_opens_no_page(finn, path, has_app):
    if has_app:
        give_app(finn)
    answer = with_password(finn).get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith(ASK)


@pytest.mark.parametrize("has_app", [True, False])
def test_nor_the_browsable_api_through_its_own_log_in(finn, has_app):
    if has_app:
        give_app(finn)
    pages = Client()
    pages.post("/api/browse/login/", {"username": "finn", "password": PASSWORD})
    assert pages.get("/api/v1/banks/").status_code == 401
    assert not is_in(pages)


def test_nothing_is_posted_with_a_password(finn, app):
    pages = with_password(finn)
    new = {"old_password": PASSWORD, "new_password1": "an entirely different horse"}
    pages.post("/admin/password_change/", {**new, "new_password2": new["new_password1"]})
    finn.refresh_from_db()
    assert finn.check_password(PASSWORD)


def test_a_password_adds_no_factor_beside_the_owners(finn, app):
    pages = with_password(finn)
    assert pages.get(ADD)["Location"].startswith(ASK)
    assert pages.post(ADD, {"code": "123456"})["Location"].startswith(ASK)
    assert pages.post(BEGIN).status_code == 403
    assert pages.post(f"{BEGIN}done/", {}, content_type="application/json").status_code == 403
    assert AuthenticatorApp.objects.get() == app


def test_a_new_password_does_not_go_around_it(finn, app):
    finn.set_password(PASSWORD)
    finn.save()
    assert not is_in(with_password(finn))
    assert policy.has_factor(finn)


@pytest.mark.parametrize("header", [None, "000000", "nothing", "used"])
@pytest.mark.parametrize("path", ["/api/v1/auth/login/", "/api/auth/login"])
def test_no_key_and_no_token_for_a_password(finn, app, path, header):
    name = "username" if "v1" in path else "screenName"
    body = {name: "finn", "password": PASSWORD, "rememberMe": False}

    def log_in(**headers):
        return APIClient(headers=headers).post(path, body, format="json")

    wrong = APIClient().post(path, {**body, "password": "wrong"}, format="json")
    code = code_of(app)
    if header == "used":
        assert log_in(**{"X-OTP": code}).status_code == 200
    refused = log_in(**({"X-OTP": code if header == "used" else header} if header else {}))
    assert (refused.status_code, refused.content) == (wrong.status_code, wrong.content)


def test_a_program_needs_none(settings):
    program = UserFactory(is_staff=False)
    assert native_key(program).get("/api/v1/banks/").status_code == 403


def test_who_only_looks_needs_none_but_is_asked_for_the_one_he_has(aydin):
    assert is_in(with_password(aydin))
    give_app(aydin)
    assert not is_in(with_password(aydin))


@pytest.mark.parametrize("role", ["Operator", "Finance", "Administrator"])
def test_every_other_role_needs_one(role):
    assert policy.is_required(UserFactory(role=role))


def test_a_role_that_is_given_during_the_session_needs_one_from_then_on(aydin):
    pages = with_password(aydin)
    assert is_in(pages)
    aydin.groups.set(UserFactory(role="Finance").groups.all())
    assert not is_in(pages)


# The first one, at the first log-in


def enrol(finn) -> tuple[Client, list[str]]:
    pages = with_password(finn)
    assert pages.get("/admin/", follow=True).redirect_chain[-1][0].startswith(ADD)
    app = AuthenticatorApp.objects.filter(user=finn).latest("pk")
    done = pages.post(f"{ADD}?next=/admin/payments/bank/", {"code": code_of(app)})
    assert done["Location"].startswith(CODES)
    shown = pages.post(done["Location"])
    assert 'href="/admin/payments/bank/"' in shown.content.decode()
    return pages, re.findall(r"<li>([a-z2-7-]{19})</li>", shown.content.decode())


def test_it_is_added_at_the_first_log_in_with_recovery_codes(finn):
    pages, codes = enrol(finn)
    assert is_in(pages)
    assert len(set(codes)) == 10
    assert not [code for code in codes if code in pages.get(CODES).content.decode()]


def test_the_wrong_code_adds_none(finn):
    pages = with_password(finn)
    assert "wrong" in pages.post(ADD, {"code": "000000"}).content.decode()
    assert not is_in(pages)
    assert not policy.has_factor(finn)


def test_who_looked_at_the_page_before_the_owner_does_not_know_his_secret(finn):
    thief = with_password(finn)
    seen = re.search(r'id="factor-secret">([A-Z2-7 ]+)<', thief.get(ADD).content.decode()).group(1)
    enrol(finn)
    kept = AuthenticatorApp.objects.get(user=finn, confirmed=True)
    assert kept.secret != seen.replace(" ", "")
    assert not is_in(thief)


def test_what_was_opened_without_it_ends(finn, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    key, other = native_key(finn), with_password(finn)
    browsable = Client()
    browsable.post("/api/browse/login/", {"username": "finn", "password": PASSWORD})
    assert browsable.get("/api/v1/banks/").status_code == 200
    pages = with_password(finn)
    pages.get(ADD)
    pages.post(ADD, {"code": code_of(AuthenticatorApp.objects.get())})
    assert (is_in(pages), is_in(other)) == (True, False)
    assert key.get("/api/v1/banks/").status_code == 401
    assert browsable.get("/api/v1/banks/").status_code == 401


def test_the_secret_and_the_codes_are_not_readable_in_the_database(finn):
    _pages, codes = enrol(finn)
    secret = AuthenticatorApp.objects.get().secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM factors_authenticatorapp")
        assert secret not in cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(digest, ' ') FROM factors_recoverycode")
        stored = cursor.fetchone()[0]
    assert not [code for code in codes if code.replace("-", "") in stored]


# Codes


def test_the_session_gets_a_new_key_and_stays_one_in_the_list(finn, app):
    pages = with_password(finn)
    before = pages.session.session_key
    pages.post(ASK, {"factor_code": code_of(app)})
    assert pages.session.session_key != before
    assert is_in(pages)
    assert Login.objects.get().handle == pages.session.session_key


def test_a_code_is_good_once(finn, app):
    code = code_of(app)
    assert with_password(finn).post(ASK, {"factor_code": code}).status_code == 302
    again = with_password(finn)
    assert "used already" in again.post(ASK, {"factor_code": code}).content.decode()
    earlier = again.post(ASK, {"factor_code": code_of(app, -1)})
    assert "used already" in earlier.content.decode()
    assert not is_in(again)


def test_two_at_the_same_moment_do_not_use_one_code(app):
    code = code_of(app)
    one, other = AuthenticatorApp.objects.get(), AuthenticatorApp.objects.get()
    assert [one.verify_token(code), other.verify_token(code)] == [True, False]


def test_a_code_of_long_ago_is_none(finn, app):
    pages = with_password(finn)
    pages.post(ASK, {"factor_code": code_of(app, -3)})
    assert not is_in(pages)


def test_codes_of_others_are_none(finn, app):
    other = UserFactory(role="Finance")
    theirs = give_app(other)
    _pages, codes = enrol(UserFactory(role="Finance"))
    pages = with_password(finn)
    for code in (code_of(theirs), codes[0]):
        pages.post(ASK, {"factor_code": code})
    assert not is_in(pages)


def test_a_recovery_code_is_good_once_however_it_is_typed(finn):
    _pages, codes = enrol(finn)
    for typed in (codes[0].upper(), codes[1].replace("-", " ")):
        assert with_password(finn).post(ASK, {"factor_code": typed}).status_code == 302
        assert with_password(finn).post(ASK, {"factor_code": typed}).status_code == 200
    assert RecoveryCode.objects.filter(used_at=None).count() == 8


def test_new_recovery_codes_end_the_old_ones(finn):
    pages, codes = enrol(finn)
    pages.post(CODES)
    assert with_password(finn).post(ASK, {"factor_code": codes[0]}).status_code == 200


def test_codes_are_guessed_ten_times_from_wherever(finn, app):
    for number in range(10):
        pages = with_password(finn, REMOTE_ADDR=f"192.0.2.{number}")
        pages.post(ASK, {"factor_code": "000000"})
    locked = with_password(finn)
    answer = locked.post(ASK, {"factor_code": code_of(app)}).content.decode()
    assert "Try again in 30 minutes" in answer
    assert not is_in(locked)
    api = APIClient(headers={"X-OTP": code_of(app)})
    assert api.post("/api/v1/auth/login/", {"username": "finn", "password": PASSWORD}).status_code == 400


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(finn, app, target):
    answer = with_password(finn).post(f"{ASK}?next={target}", {"factor_code": code_of(app)})
    assert answer["Location"] == "/admin/"


# Removing


def remove(pages, app):
    return pages.post(f"{OVERVIEW}remove/app/{app.pk}/", follow=True).content.decode()


def test_the_last_one_stays_while_the_role_needs_it(session, app):
    assert "Add another one first" in remove(session, app)
    assert is_in(session)


def test_one_removes_ones_own_with_a_trace_and_nobody_elses(finn, session, app, settings):
    theirs = give_app(UserFactory(role="Finance"))
    assert session.post(f"{OVERVIEW}remove/app/{theirs.pk}/").status_code == 404
    settings.SECOND_FACTOR_REQUIRED = False
    remove(session, app)
    assert AuthenticatorApp.objects.get() == theirs
    assert is_in(session)
    assert "Second factor removed: Phone" in LogEntry.objects.get(object_id=str(finn.pk)).change_message


def test_a_removed_factor_ends_the_sessions_that_showed_it(session, app):
    app.delete()
    assert not is_in(session)


@pytest.fixture
def anna(settings):
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    return UserFactory(username="anna", role="Administrator", is_superuser=True)


def test_a_reset_takes_two_people_and_leaves_a_trace(finn, app, session, anna, browser):
    berk = UserFactory(username="berk", role="Administrator", is_superuser=True)
    anna_pages = logged_in(anna, give_app(anna))
    press(anna_pages, finn, "reset_factors", reason="The phone was stolen")
    assert policy.has_factor(finn)
    change = ConfigurationChange.objects.get()
    assert (change.requested_by, change.reason) == (anna, "The phone was stolen")
    press(anna_pages, change, "approve")
    assert policy.has_factor(finn)
    press(logged_in(berk, give_app(berk)), change, "approve")
    assert not policy.has_factor(finn)
    assert not is_in(session)
    assert LogEntry.objects.filter(object_id=str(finn.pk), user=berk).exists()


def test_nobody_resets_his_own_nor_that_of_somebody_who_may_do_more(anna, app):
    own = give_app(anna)
    press(logged_in(anna, own), anna, "reset_factors")
    clerk = UserFactory(role="Administrator")
    press(logged_in(clerk, give_app(clerk)), anna, "reset_factors")
    assert not ConfigurationChange.objects.exists()
    assert policy.has_factor(anna)


@pytest.mark.parametrize("model", ["webauthncredential", "authenticatorapp", "recoverycode"])
def test_no_page_edits_factors(admin_pages, ada, settings, model):
    settings.SECOND_FACTOR_REQUIRED = False
    for label in ("factors", "otp_webauthn", "django_otp_webauthn"):
        assert admin_pages.get(f"/admin/{label}/{model}/").status_code == 404


def test_the_owner_of_the_server_resets_it_by_a_command(finn, app, session):
    call_command("reset_second_factor", "finn")
    assert not policy.has_factor(finn)
    assert not is_in(session)


def test_tokens_of_people_with_a_factor_work(finn, app):
    body = {"screenName": "finn", "password": PASSWORD, "rememberMe": False}
    answer = APIClient(headers={"X-OTP": code_of(app)}).post("/api/auth/login", body, format="json")
    bills = bearer(answer.json()["token"]).post("/api/subscription/bill", {}, format="json")
    assert bills.status_code == 400


def test_a_user_page_is_still_served(session, finn, anna):
    pages = logged_in(anna, give_app(anna))
    assert "Reset second factor" in pages.get(page_url(finn)).content.decode()
    assert User.objects.count() == 2
