"""Passwords that are easy to guess or old, accounts that nobody looks after, and people who are locked out."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from billing.services.api_client import create_client
from config.kit.identity import unused
from config.kit.identity.failures import KEPT, purge
from config.kit.identity.models import FailedLogIn, FormerPassword, Login
from tests.attacks.test_tokens import native_key
from tests.support.factor import PASSWORD, code_of, give_app, logged_in, with_password
from tests.support.factories import UserFactory
from tests.support.pages import page_url, press

pytestmark = pytest.mark.django_db
NEW = ["an entirely different horse", "seven quiet mountains", "paper boats in april", "a lamp without oil"]


@pytest.fixture
def selin():
    return UserFactory(
        username="selin.kaya", first_name="Selin", last_name="Yıldız", email="muhasebe@example.com"
    )


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "password1234",
        "482915736482",
        "x!9-selin.kaya-7Q",
        "Kaya-Winter-2026!",
        "trulySELINsecret",
        "mein YILDIZ leuchtet".replace("I", "ı"),
        "muhasebe-9-tiger",
    ],
)
def test_short_common_and_personal_ones_are_refused(selin, password):
    with pytest.raises(ValidationError):
        validate_password(password, selin)


def test_a_good_one_is_taken(selin):
    for password in NEW:
        validate_password(password, selin)


def change(pages, old, new) -> bool:
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    return pages.post("/admin/password_change/", form).status_code == 302


def test_the_last_four_are_not_taken_again_whoever_set_them(selin, browser):
    pages = browser(selin)
    assert not change(pages, PASSWORD, PASSWORD)
    assert change(pages, PASSWORD, NEW[0])
    selin.refresh_from_db()
    selin.set_password(NEW[1])
    selin.save()
    pages = browser(selin)
    assert change(pages, NEW[1], NEW[2])
    assert [change(pages, NEW[2], old) for old in [PASSWORD, *NEW[:3]]] == [False] * 4
    assert change(pages, NEW[2], NEW[3])
    assert change(pages, NEW[3], PASSWORD)
    assert FormerPassword.objects.filter(user=selin).count() == 4


def test_an_administrator_does_not_set_an_old_one_either(selin, admin_pages):
    form = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    answer = admin_pages.post(f"/admin/auth/user/{selin.pk}/password/", form)
    assert "one of your last" in answer.content.decode()


# Locked out


def lock(user: User, address: str = "192.0.2.1"):
    for _ in range(10):
        Client(REMOTE_ADDR=address).post("/admin/login/", {"username": user.username, "password": "guess"})


def can_log_in(user: User, address: str = "192.0.2.1") -> bool:
    pages = Client(REMOTE_ADDR=address)
    pages.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    return "_auth_user_id" in pages.session


def test_another_person_lets_a_locked_one_in(selin, admin_pages):
    lock(selin)
    lock(selin, "2a00:1450:4001:80b::1")
    assert not can_log_in(selin)
    assert "192.0.2.1" in admin_pages.get(page_url(selin, "unlock")).content.decode()
    press(admin_pages, selin, "unlock")
    assert can_log_in(selin)
    assert can_log_in(selin, "2a00:1450:4001:80b::2")
    assert "Unlocked" in LogEntry.objects.get(object_id=str(selin.pk)).change_message


def test_also_of_a_lock_by_wrong_codes(selin, admin_pages):
    app = give_app(selin)
    pages = with_password(selin)
    for _ in range(10):
        pages.post("/admin/second-factor/ask/", {"factor_code": "000000"})
    press(admin_pages, selin, "unlock")
    assert logged_in(selin, app).get("/admin/").status_code == 200


def test_nobody_unlocks_without_the_right_to_change_users(selin, browser, olivia):
    lock(selin)
    assert browser(olivia).post(page_url(selin, "unlock")).status_code == 403
    assert not can_log_in(selin)


# What the owner is told


def test_at_log_in_one_reads_when_the_last_was_and_what_failed_since(selin):
    assert can_log_in(selin, "198.51.100.7")
    for _ in range(3):
        Client(REMOTE_ADDR="192.0.2.66").post(
            "/admin/login/", {"username": selin.username, "password": "guess"}
        )
    pages = Client()
    pages.post("/admin/login/", {"username": selin.username, "password": PASSWORD})
    page = pages.get("/admin/").content.decode()
    assert "from 198.51.100.7" in page
    assert "3 failed attempts since, the last: " in page
    assert "from 192.0.2.66" in page
    assert "198.51.100.7" not in pages.get("/admin/").content.decode()


def test_wrong_codes_count_and_the_notice_is_not_for_who_only_knows_the_password(selin):
    app = give_app(selin)
    logged_in(selin, app).get("/admin/")
    thief = with_password(selin)
    answer = thief.post("/admin/second-factor/ask/", {"factor_code": "000000"}).content.decode()
    assert "last log-in" not in answer + thief.get("/admin/", follow=True).content.decode()
    pages = with_password(selin)
    pages.post("/admin/second-factor/ask/", {"factor_code": code_of(app)})
    assert "1 failed attempt since" in pages.get("/admin/").content.decode()


def test_nothing_is_kept_of_names_that_do_not_exist_and_nothing_forever(selin):
    Client().post("/admin/login/", {"username": "4111111111111111", "password": "guess"})
    assert not FailedLogIn.objects.exists()
    lock(selin)
    FailedLogIn.objects.update(at=timezone.now() - KEPT * 2)
    purge()
    assert not FailedLogIn.objects.exists()


# Accounts that nobody uses


def long_ago(**fields):
    return UserFactory(date_joined=timezone.now() - timedelta(days=400), **fields)


def test_accounts_that_nobody_uses_are_switched_off(ada, browser):
    old = timezone.now() - timedelta(days=91)
    gone, never = long_ago(username="gone", last_login=old), long_ago(username="never")
    recent = long_ago(last_login=timezone.now() - timedelta(days=89))
    portal, fresh = long_ago(is_staff=False), UserFactory()
    native_key(portal)
    User.objects.filter(pk=portal.pk).update(last_login=old)
    pages = browser(gone)
    User.objects.filter(pk=gone.pk).update(last_login=old)
    Login.objects.filter(user=gone).update(last_used_at=old)
    client, _secret = create_client(name="CRM", scopes=["read"])
    User.objects.filter(pk=client.user_id).update(date_joined=old)
    assert {user.username for user in unused.switch_off()} == {"gone", "never"}
    assert pages.get("/admin/").status_code == 302
    still = User.objects.filter(
        pk__in=[recent.pk, portal.pk, fresh.pk, ada.pk, client.user_id], is_active=True
    )
    assert still.count() == 5
    assert LogEntry.objects.filter(object_id=str(never.pk), change_message__contains="90 days").exists()


def test_one_who_was_switched_on_again_stays_on(ada, admin_pages):
    never = long_ago(username="never")
    unused.switch_off()
    User.objects.filter(pk=never.pk).update(is_active=True)
    LogEntry.objects.log_actions(ada.pk, User.objects.filter(pk=never.pk), 2, "on", single_object=True)
    assert unused.switch_off() == []


def test_the_last_superuser_stays_and_zero_days_switch_nothing_off(settings):
    one, other = (
        long_ago(is_superuser=True),
        long_ago(is_superuser=True, last_login=timezone.now() - timedelta(300)),
    )
    settings.UNUSED_ACCOUNT_DAYS = 0
    assert unused.switch_off() == []
    settings.UNUSED_ACCOUNT_DAYS = 90
    assert unused.switch_off() == [one]
    other.refresh_from_db()
    assert other.is_active
