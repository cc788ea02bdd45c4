"""A session is left open: on a desk over lunch, in a stolen cookie for days."""

import pytest
from django.test import Client

from config.kit.identity.models import Login
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db
SESSION = "/admin/session/"


@pytest.fixture
def pages(finn, browser):
    pages = browser(finn)
    assert is_in(pages)
    return pages


def is_in(pages) -> bool:
    return pages.get("/admin/").status_code == 200


def move(pages, name: str, seconds: int) -> None:
    session = pages.session
    session[name] -= seconds
    session.save()


def test_it_ends_when_nobody_uses_it(pages):
    move(pages, "seen_at", 890)
    assert is_in(pages)
    move(pages, "seen_at", 890)
    assert is_in(pages)
    move(pages, "seen_at", 901)
    assert pages.get("/api/v1/banks/").status_code == 401
    assert "Your session has ended" in pages.get("/admin/login/").content.decode()
    assert Login.objects.get().ended_at is not None


def test_it_ends_after_twelve_hours_however_much_it_is_used(pages):
    move(pages, "began_at", 43_201)
    assert not is_in(pages)


def test_a_stolen_cookie_of_an_ended_session_opens_nothing(pages):
    cookie = pages.cookies["sessionid"].value
    move(pages, "seen_at", 901)
    assert not is_in(pages)
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert not is_in(thief)


def test_a_session_without_times_is_none(pages):
    session = pages.session
    del session["began_at"]
    session.save()
    assert not is_in(pages)


def test_the_script_that_warns_does_not_keep_it_open_and_one_click_does(pages):
    move(pages, "seen_at", 600)
    assert pages.get(SESSION).json()["left"] <= 300
    assert pages.get(SESSION).json()["left"] <= 300
    assert pages.post(SESSION).json()["left"] >= 890
    move(pages, "seen_at", 901)
    assert pages.post(SESSION).json()["left"] == 0
    assert not is_in(pages)


def test_the_page_tells_nothing_to_strangers_but_that_they_are_out():
    answer = Client().get(SESSION)
    assert answer.json()["left"] == 0
    assert "no-store" in answer["Cache-Control"]


def test_another_site_keeps_no_session_open(finn):
    pages = Client(enforce_csrf_checks=True)
    pages.force_login(UserFactory())
    assert pages.post(SESSION).status_code == 403
