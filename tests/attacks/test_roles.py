"""An administrator grants himself, or a colleague whose password he knows, more than he holds."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from knox.models import AuthToken

from config.kit.identity import team
from config.kit.identity.changes import approve, find_waiting
from config.kit.identity.errors import GrantError, NotYourDecisionError
from config.kit.identity.models import Access
from tests.conftest import client_of
from tests.support.factories import UserFactory
from tests.support.pages import add_url, errors_of, form_data, page_url, save

FRESH = "an entirely different horse"


@pytest.fixture
def anna(db):
    return UserFactory(username="anna", role="Administrator")


@pytest.fixture
def berk(db):
    return UserFactory(username="berk", role="Administrator")


@pytest.fixture
def strict(settings):
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    return settings


@pytest.fixture
def treasury(db):
    """A role with a right that Administrators do not have."""
    role = Group.objects.create(name="Treasury")
    role.permissions.add(rare())
    return role


def rare() -> Permission:
    return Permission.objects.get(codename="delete_session", content_type__app_label="sessions")


def role_named(name: str) -> Group:
    return Group.objects.get(name=name)


def save_person(pages, person, **changes):
    joined = {"date_joined": None, "date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    return save(pages, page_url(person), **joined, **changes)


def change_role(pages, role, *permissions: Permission, **more):
    keys = [*role.permissions.values_list("pk", flat=True), *(item.pk for item in permissions)]
    return save(pages, page_url(role), permissions=keys, **more)


@pytest.mark.parametrize("role", ["Operator", "Finance", "Auditor"])
def test_an_administrator_can_assign_the_roles_that_exist(anna, role):
    held = anna.get_all_permissions()
    rows = role_named(role).permissions.values_list("content_type__app_label", "codename")
    assert {f"{app}.{name}" for app, name in rows} <= held


def test_he_adds_nothing_to_a_role_that_he_does_not_hold(anna, browser):
    mine = role_named("Administrator")
    answer = change_role(browser(anna), mine, rare())
    assert "do not hold" in str(errors_of(answer))
    assert rare() not in mine.permissions.all()


def test_nor_makes_a_new_role_with_it(anna, browser):
    answer = browser(anna).post(add_url(Group), {"name": "x", "permissions": [rare().pk]})
    assert "do not hold" in str(errors_of(answer))
    assert not Group.objects.filter(name="x").exists()


def test_nor_joins_a_role_with_it(anna, treasury, browser):
    answer = save_person(browser(anna), anna, groups=[role_named("Administrator").pk, treasury.pk])
    assert "do not hold" in str(errors_of(answer))
    assert treasury not in anna.groups.all()


@pytest.mark.parametrize("field", ["is_superuser", "user_permissions"])
def test_nor_posts_a_field_that_his_page_does_not_show(anna, browser, field):
    value = {"is_superuser": "on", "user_permissions": [rare().pk]}[field]
    save_person(browser(anna), anna, **{field: value})
    fresh = User.objects.get(pk=anna.pk)
    assert not fresh.is_superuser
    assert not fresh.has_perm("sessions.delete_session")


def test_nor_takes_over_somebody_who_may_do_more(anna, ada, treasury, browser):
    treasurer = UserFactory()
    treasurer.groups.add(treasury)
    new = {"password1": FRESH, "password2": FRESH}
    for person in (ada, treasurer):
        page = reverse("admin:auth_user_password_change", args=[person.pk])
        assert browser(anna).post(page, new).status_code == 403
        assert browser(anna).post(page_url(person), {"username": "x"}).status_code == 403
        assert browser(anna).post(page_url(person, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role", ["Operator", "Finance", "Auditor"])
def test_others_change_no_user_and_no_role(role, anna, browser):
    pages = browser(UserFactory(role=role))
    assert pages.post(page_url(anna), {"username": "x"}).status_code == 403
    assert pages.post(page_url(role_named("Auditor")), {"name": "x"}).status_code == 403


# More rights take two people


def test_a_role_gets_a_right_when_two_want_it(anna, berk, strict, browser):
    role = role_named("Auditor")
    right = Permission.objects.get(codename="change_bank")
    assert "change_reason" in errors_of(change_role(browser(anna), role, right))
    change_role(browser(anna), role, right, change_reason="Audits banks")
    assert right not in role.permissions.all()
    change = find_waiting(team.ROLE, role.pk)
    assert change is not None
    with pytest.raises(NotYourDecisionError):
        approve(change, anna)
    approve(change, berk)
    assert right in role.permissions.all()


def test_a_person_joins_a_role_when_two_want_it(anna, berk, olivia, strict, browser):
    groups = [group.pk for group in Group.objects.filter(name__in=("Operator", "Finance"))]
    save_person(browser(anna), olivia, groups=groups, first_name="Olivia", change_reason="Holidays")
    olivia.refresh_from_db()
    assert olivia.first_name == "Olivia"  # what is no right is saved
    assert [group.name for group in olivia.groups.all()] == ["Operator"]
    assert "waits for approval" in browser(anna).get(page_url(olivia)).content.decode()
    approve(find_waiting(team.USER, olivia.pk), berk)
    assert olivia.groups.count() == 2


def test_nobody_approves_his_own_promotion(anna, berk, strict, browser):
    """Anna asks for Berk; Berk approves for himself."""
    right = role_named("Finance")
    save_person(browser(anna), berk, groups=[role_named("Administrator").pk, right.pk], change_reason="x")
    with pytest.raises(GrantError):
        approve(find_waiting(team.USER, berk.pk), berk)
    assert right not in berk.groups.all()


def test_a_superuser_alone_makes_no_superuser(ada, olivia, strict, browser):
    save_person(browser(ada), olivia, is_superuser="on", change_reason="x")
    olivia.refresh_from_db()
    assert not olivia.is_superuser
    with pytest.raises(NotYourDecisionError):
        approve(find_waiting(team.USER, olivia.pk), ada)


def test_an_approver_grants_nothing_that_he_does_not_hold(ada, anna, olivia, treasury, strict, browser):
    groups = [role_named("Operator").pk, treasury.pk]
    save_person(browser(ada), olivia, groups=groups, change_reason="x")
    with pytest.raises(GrantError):
        approve(find_waiting(team.USER, olivia.pk), anna)


@pytest.mark.parametrize(
    "change", [{"is_active": None}, {"groups": []}, {"is_staff": None}], ids=lambda change: next(iter(change))
)
def test_taking_rights_needs_nobody_else(anna, olivia, strict, browser, change):
    assert save_person(browser(anna), olivia, **change).status_code == 302
    assert find_waiting(team.USER, olivia.pk) is None
    fresh = User.objects.get(pk=olivia.pk)
    assert not (fresh.is_active and fresh.is_staff and fresh.groups.exists())


def test_letting_somebody_in_again_takes_two(anna, olivia, strict, browser):
    User.objects.filter(pk=olivia.pk).update(is_active=False)
    save_person(browser(anna), olivia, is_active="on", change_reason="Back")
    assert not User.objects.get(pk=olivia.pk).is_active


def test_a_program_gets_more_channels_when_two_want_it(anna, berk, channel, strict, browser):
    portal = UserFactory(is_staff=False)
    Access.objects.create(user=portal, contracts=["bimetri"], channels=[channel.pk])
    save_person(browser(anna), portal, channels=[], contracts=["bimetri", "tmf"], change_reason="x")
    assert Access.objects.get(user=portal).channels == [channel.pk]
    approve(find_waiting(team.USER, portal.pk), berk)
    assert (Access.objects.get(user=portal).contracts, Access.objects.get(user=portal).channels) == (
        ["bimetri", "tmf"],
        [],
    )


# Another person's password: with it one person is two


def test_a_password_that_somebody_else_sets_waits(anna, berk, strict, browser):
    new = {"password1": FRESH, "password2": FRESH, "usable_password": "true"}
    browser(anna).post(reverse("admin:auth_user_password_change", args=[berk.pk]), new)
    assert not User.objects.get(pk=berk.pk).check_password(FRESH)
    change = find_waiting(team.PASSWORD, berk.pk)
    assert FRESH not in str(change.lines)
    approve(change, UserFactory(role="Administrator"))
    assert User.objects.get(pk=berk.pk).check_password(FRESH)


def test_ones_own_password_does_not(anna, strict, browser):
    new = {"password1": FRESH, "password2": FRESH, "usable_password": "true"}
    browser(anna).post(reverse("admin:auth_user_password_change", args=[anna.pk]), new)
    assert User.objects.get(pk=anna.pk).check_password(FRESH)


# Tokens


def test_no_page_lists_makes_or_prints_tokens(admin_pages, ada):
    _token, key = AuthToken.objects.create(user=ada)
    for path in ("/admin/knox/authtoken/", "/admin/knox/authtoken/add/"):
        assert admin_pages.get(path).status_code == 404
        assert admin_pages.post(path, {"user": ada.pk}).status_code in (403, 404)
    index = admin_pages.get("/admin/").content.decode()
    assert "authtoken" not in index
    assert key not in index


def test_the_native_api_has_no_users_and_no_roles(api):
    for name in ("users", "groups", "tokens", "permissions"):
        assert client_of(UserFactory(is_superuser=True)).get(f"/api/v1/{name}/").status_code == 404


def test_a_new_user_has_no_rights(anna, strict, browser):
    pages = browser(anna)
    data = form_data(pages.get(add_url(User)))
    new = {"username": "robot", "password1": FRESH, "password2": FRESH, "usable_password": "true"}
    more = {"is_superuser": "on", "is_staff": "on", "groups": [role_named("Finance").pk]}
    assert pages.post(add_url(User), data | new | more).status_code == 302
    robot = User.objects.get(username="robot")
    assert not robot.is_superuser
    assert not robot.is_staff
    assert not robot.groups.exists()
