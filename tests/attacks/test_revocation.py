"""A stolen token or key outlives the password, the job, or the log-out of its user."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from billing.services.api_client import create_client
from config.kit.identity import logins
from config.kit.identity.models import Access, Login
from tests.attacks.test_tokens import PASSWORD, bearer, bimetri_token, native_key
from tests.support.factories import UserFactory
from tests.support.pages import list_url

FRESH = "an entirely different horse"
BILLS = "/api/subscription/bill"


@pytest.fixture
def finn(db):
    return UserFactory(username="finn", role="Finance")


@pytest.fixture
def jwt(finn):
    return bearer(bimetri_token(finn))


@pytest.fixture
def key(finn):
    return native_key(finn)


@pytest.fixture
def session(finn):
    pages = Client()
    pages.force_login(finn)
    assert pages.get("/admin/").status_code == 200
    return pages


def are_open(jwt, key, session) -> tuple[bool, bool, bool]:
    return (
        jwt.post(BILLS, {}, format="json").status_code != 401,
        key.get("/api/v1/banks/").status_code != 401,
        session.get("/admin/").status_code == 200,
    )


def change_password(finn):
    finn.set_password(FRESH)
    finn.save()


def change_password_by_sql(finn):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE auth_user SET password = 'x' WHERE id = %s", [finn.pk])


def deactivate(finn):
    User.objects.filter(pk=finn.pk).update(is_active=False)


def deactivate_for_a_moment(finn):
    """What was ended does not come back."""
    deactivate(finn)
    User.objects.filter(pk=finn.pk).update(is_active=True)


def end_everything(finn):
    logins.end_all(finn.pk)


@pytest.mark.parametrize(
    "how",
    [change_password, change_password_by_sql, deactivate, deactivate_for_a_moment, end_everything],
    ids=lambda how: how.__name__,
)
def test_everything_ends(finn, jwt, key, session, how):
    assert are_open(jwt, key, session) == (True, True, True)
    how(finn)
    assert are_open(jwt, key, session) == (False, False, False)


def test_a_token_that_no_list_knows_ends_too(finn):
    token = bearer(AccessToken.for_user(finn))
    assert token.post(BILLS, {}, format="json").status_code != 401
    change_password(finn)
    assert token.post(BILLS, {}, format="json").status_code == 401


def test_a_new_log_in_works_afterwards(finn, jwt):
    change_password(finn)
    body = {"screenName": "finn", "password": FRESH, "rememberMe": False}
    token = APIClient().post("/api/auth/login", body, format="json").json()["token"]
    assert bearer(token).post(BILLS, {}, format="json").status_code == 400


def test_others_and_other_changes_of_the_user_end_nothing(finn, jwt, key, session):
    change_password(UserFactory())
    User.objects.filter(pk=finn.pk).update(first_name="Finn", last_login=timezone.now())
    finn.refresh_from_db()
    finn.save()
    assert are_open(jwt, key, session) == (True, True, True)


def test_one_changes_ones_own_password_and_stays_in(finn, jwt, key, session):
    new = {"old_password": PASSWORD, "new_password1": FRESH, "new_password2": FRESH}
    assert session.post("/admin/password_change/", new).status_code == 302
    assert are_open(jwt, key, session) == (False, False, True)


# Log-out addresses


def test_log_out_of_the_native_api_ends_that_key(finn, key):
    other = native_key(finn)
    assert key.post("/api/v1/auth/logout/").status_code == 204
    assert key.get("/api/v1/banks/").status_code == 401
    assert other.get("/api/v1/banks/").status_code == 200
    assert AuthToken.objects.count() == 1


def test_log_out_everywhere(finn, jwt, key, session):
    assert key.post("/api/v1/auth/logout_all/").status_code == 204
    assert are_open(jwt, key, session) == (False, False, False)


def test_log_out_of_bimetri_ends_that_token(finn, jwt):
    other = bearer(bimetri_token(finn))
    answer = jwt.post("/api/auth/logout")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    again = jwt.post("/api/auth/logout")
    assert (again.status_code, again.json()["error"]) == (401, "UnauthorizedException")
    assert other.post(BILLS, {}, format="json").status_code == 400


@pytest.mark.parametrize("path", ["/api/v1/auth/logout/", "/api/v1/auth/logout_all/", "/api/auth/logout"])
def test_nobody_logs_somebody_out_without_a_token(db, path):
    assert APIClient().post(path).status_code == 401


def test_a_browser_logs_nobody_out_by_a_link(finn, key, session):
    """A cookie is no credential there: another site could send the request."""
    assert session.post("/api/v1/auth/logout_all/").status_code == 401
    assert key.get("/api/v1/banks/").status_code == 200


def test_a_program_ends_its_token(db):
    client, secret = create_client(name="CRM", scopes=["read"])
    own = {"client_id": client.client_id, "client_secret": secret}
    token = Client().post("/oauth/token", {**own, "grant_type": "client_credentials"}).json()["access_token"]
    api = bearer(token)
    assert api.get("/payment/v4/payment?limit=1").status_code == 200
    assert Client().post("/oauth/revoke_token", {**own, "token": token}).status_code == 200
    assert api.get("/payment/v4/payment?limit=1").status_code == 401


def test_a_program_ends_with_its_service_identity(db):
    client, secret = create_client(name="CRM", scopes=["read"])
    own = {"client_id": client.client_id, "client_secret": secret, "grant_type": "client_credentials"}
    api = bearer(Client().post("/oauth/token", own).json()["access_token"])
    User.objects.filter(pk=client.user_id).update(is_active=False)
    assert api.get("/payment/v4/payment?limit=1").status_code == 401
    assert Client().post("/oauth/token", own).status_code == 401


# The list


def test_everybody_sees_his_own_with_their_last_use(finn, jwt, key, session):
    native_key(UserFactory(username="olivia", role="Operator"))
    jwt.post(BILLS, {}, format="json")
    page = session.get(list_url(Login))
    shown = page.context["cl"].result_list
    assert sorted(login.kind for login in shown) == ["browser", "jwt", "key"]
    assert {login.user for login in shown} == {finn}
    assert all(login.last_used_at and login.last_used_address for login in shown)
    text = page.content.decode()
    for login in shown:
        assert login.handle not in text


def end_in_list(pages, *rows: Login, action="end_selected"):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return pages.post(list_url(Login), data)


def test_one_ends_a_key_of_ones_own(finn, jwt, key, session):
    end_in_list(session, Login.objects.get(kind="key"))
    assert are_open(jwt, key, session) == (True, False, True)


def test_one_ends_everything_but_the_session_in_hand(finn, jwt, key, session):
    end_in_list(session, Login.objects.get(kind="key"), action="end_everything")
    assert are_open(jwt, key, session) == (False, False, True)


@pytest.mark.parametrize("action", ["end_selected", "end_everything"])
@pytest.mark.parametrize("role", ["Operator", "Finance", "Auditor"])
def test_nobody_ends_those_of_others(finn, jwt, key, session, browser, role, action):
    end_in_list(browser(UserFactory(role=role)), *Login.objects.filter(user=finn), action=action)
    assert are_open(jwt, key, session) == (True, True, True)


def test_an_administrator_does(finn, jwt, key, session, browser):
    end_in_list(browser(UserFactory(role="Administrator")), *Login.objects.filter(user=finn))
    assert are_open(jwt, key, session) == (False, False, False)


def test_a_log_out_in_the_browser_ends_the_session(finn, session):
    session.post("/admin/logout/")
    assert not Session.objects.exists()
    assert Login.objects.get().ended_at is not None


def test_a_token_costs_one_query_for_user_limits_and_its_end(finn, jwt, django_assert_num_queries):
    Access.objects.create(user=finn)
    jwt.post(BILLS, {}, format="json")
    from config.kit.contracts.credentials import BearerAuthentication
    from config.kit.identity.access import reach_of
    from config.kit.identity.models import Contract

    authentication = type("A", (BearerAuthentication,), {"contract": Contract.BIMETRI})()
    token = AccessToken.for_user(finn)
    with django_assert_num_queries(1):
        reach_of(authentication.get_user(token))


def test_old_rows_are_forgotten(finn, key):
    Login.objects.update(ended_at=timezone.now() - logins.KEPT * 2)
    logins.purge()
    assert not Login.objects.exists()
