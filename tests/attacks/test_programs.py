"""A program's secret is stolen, or forgotten: where it works, for how long, and how it is replaced."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from billing.models import ApiClient
from billing.services import api_client
from billing.services.api_client import create_client, rotate_secret
from config.kit.identity.access import reach_of_id
from config.kit.identity.changes import approve, find_waiting
from tests.support.factories import ChannelFactory, UserFactory
from tests.support.pages import add_url, page_url, press, save

pytestmark = pytest.mark.django_db
PAYMENTS = "/payment/v4/payment?limit=1"


@pytest.fixture
def crm():
    return create_client(name="CRM", scopes=["read"])


@pytest.fixture
def strict(settings):
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    return UserFactory(username="anna", is_superuser=True), UserFactory(username="berk", is_superuser=True)


def ask_token(client, secret, address="192.0.2.1"):
    body = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
    return Client(REMOTE_ADDR=address).post("/oauth/token", body)


def works(client, *given, address="192.0.2.1") -> list[bool]:
    return [ask_token(client, secret, address).status_code == 200 for secret in given]


def read(token, address="192.0.2.1") -> int:
    return (
        APIClient(headers={"Authorization": f"Bearer {token}"}, REMOTE_ADDR=address).get(PAYMENTS).status_code
    )


def change(client, **fields):
    return api_client.clients.update(client, **fields)


# Where and how long


def test_it_works_from_its_addresses_only_and_so_do_its_tokens(crm):
    client, secret = crm
    token = ask_token(client, secret, "203.0.113.9").json()["access_token"]
    assert read(token, "203.0.113.9") == 200
    ApiClient.objects.update(allowed_addresses=["192.0.2.0/24", "2001:db8::1"])
    assert read(token, "203.0.113.9") == 401
    assert read(token, "192.0.2.77") == 200
    assert works(client, secret, address="203.0.113.9") == [False]
    assert (
        works(client, secret, address="2001:db8::1") == works(client, secret, address="192.0.2.9") == [True]
    )


def test_a_refused_address_is_answered_like_a_wrong_secret(crm):
    client, secret = crm
    wrong = ask_token(client, "wrong")
    change(client, allowed_addresses=["198.51.100.1"])
    refused = ask_token(client, secret)
    assert (refused.status_code, refused.content) == (wrong.status_code, wrong.content)


def test_it_ends_on_its_day_and_so_do_its_tokens(crm):
    client, secret = crm
    token = ask_token(client, secret).json()["access_token"]
    ApiClient.objects.update(expires_at=timezone.now())
    assert read(token) == 401
    assert works(client, secret) == [False]


def test_it_reaches_its_channels_only(crm):
    client, _secret = crm
    shop = ChannelFactory()
    assert reach_of_id(client.user_id).channels is None
    change(client, channels=[shop.pk])
    assert reach_of_id(client.user_id).channels == {shop.pk}
    change(client, channels=[])
    assert reach_of_id(client.user_id).channels is None


def test_the_last_use_is_known(crm):
    client, secret = crm
    ask_token(client, "wrong", "198.51.100.66")
    client.refresh_from_db()
    assert client.last_used_at is None
    ask_token(client, secret, "198.51.100.7")
    client.refresh_from_db()
    assert client.last_used_address == "198.51.100.7"
    assert client.last_used_at is not None


# Two secrets during a rotation


def test_both_secrets_work_until_the_old_one_ends(crm):
    client, old = crm
    token = ask_token(client, old).json()["access_token"]
    new = rotate_secret(client, overlap=timedelta(hours=24))
    assert works(client, old, new, "wrong", "") == [True, True, False, False]
    assert read(token) == 200
    ApiClient.objects.update(former_secret_until=timezone.now())
    assert works(client, old, new) == [False, True]


def test_no_more_than_two(crm):
    client, first = crm
    second, third = (rotate_secret(client, overlap=timedelta(hours=1)) for _ in range(2))
    assert works(client, first, second, third) == [False, True, True]


def test_a_stolen_one_is_ended_at_once_with_its_tokens(crm, admin_pages):
    client, old = crm
    token = ask_token(client, old).json()["access_token"]
    new = rotate_secret(client, overlap=timedelta(hours=24))
    press(admin_pages, client, "end_former_secret")
    assert works(client, old, new) == [False, True]
    assert read(token) == 401


def test_without_an_overlap_only_the_new_one_works(crm):
    client, old = crm
    rotate_secret(client, overlap=timedelta(hours=24))
    new = rotate_secret(client)
    assert works(client, old, new) == [False, True]
    assert ApiClient.objects.get().former_secret == ""


def test_a_new_secret_waits_for_a_second_person_and_the_program_runs_on(crm, strict, browser):
    client, old = crm
    anna, berk = strict
    ApiClient.objects.update(is_approved=True)
    answer = press(browser(anna), client, "rotate", overlap="24")
    new = answer.context["secrets"]["client_secret"]
    assert works(client, old, new) == [True, False]
    waiting = find_waiting("billing.apiclient", client.pk)
    assert new not in str(waiting.lines)
    assert waiting.requested_by == anna
    ApiClient.objects.update(last_used_at=timezone.now())
    approve(waiting, berk)
    client.refresh_from_db()
    assert works(client, old, new) == [True, True]
    assert client.former_secret_until > timezone.now() + timedelta(hours=23)
    assert anna.pk in client.known_to
    assert client.last_used_at is not None


# Who loosens a limit


def test_looser_limits_wait_and_tighter_ones_do_not(strict, browser):
    anna, berk = strict
    shop, other = ChannelFactory(), ChannelFactory()
    answer = browser(anna).post(
        add_url(ApiClient), {"name": "CRM", "scopes": ["read"], "channels": [shop.pk, other.pk]}
    )
    assert answer.status_code == 200
    client = ApiClient.objects.get()
    assert client.owner == anna
    approve(find_waiting("billing.apiclient", client.pk), berk)
    for loose in ({"channels": []}, {"allowed_addresses": "203.0.113.0/24"}):
        save(browser(anna), page_url(client), change_reason="x", **loose)
        client.refresh_from_db()
        assert (client.channels, client.allowed_addresses) == ([shop.pk, other.pk], [])
    save(
        browser(anna),
        page_url(client),
        channels=[shop.pk],
        expires_at_0="2027-01-01",
        expires_at_1="00:00:00",
    )
    client.refresh_from_db()
    assert client.channels == [shop.pk]
    assert client.expires_at.year in (2026, 2027)
    save(
        browser(anna), page_url(client), expires_at_0="2030-01-01", expires_at_1="00:00:00", change_reason="x"
    )
    client.refresh_from_db()
    assert client.expires_at.year in (2026, 2027)


def test_an_address_that_is_none_is_refused(crm, admin_pages):
    client, _secret = crm
    answer = save(admin_pages, page_url(client), allowed_addresses="10.0.0.0/8, nowhere")
    assert "not a valid IP address" in answer.content.decode()


def test_the_pages_show_no_secret(crm, admin_pages):
    client, _secret = crm
    rotate_secret(client, overlap=timedelta(hours=24))
    shown = admin_pages.get(page_url(client)).content.decode()
    assert client.client_secret not in shown
    assert client.former_secret not in shown
