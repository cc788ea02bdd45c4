"""One person alone loosens a control: the change must wait for another."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from billing.errors import NoRouteError, SecondPersonError
from billing.models import ApiClient, ExchangeRate
from billing.services.api_client import create_client, rotate_secret
from billing.services.refund import approve as approve_refund
from billing.services.refund import refund_payment
from billing.states import RefundState
from config.kit.identity import changes, service_control
from config.kit.identity.changes import approve, find_waiting, reject, withdraw
from config.kit.identity.errors import ChangeDecidedError, ChangeOutdatedError, NotYourDecisionError
from config.kit.identity.models import ChangeState, ConfigurationChange
from config.kit.lib.errors import SecondPersonRequiredError
from payments import services
from payments.models import POS, Channel
from payments.pos_gateway import full_config
from tests.billing.conftest import make_shop
from tests.conftest import client_of
from tests.support.factories import NESTPAY, ChannelFactory, PosFactory, UserFactory
from tests.support.pages import add_url, errors_of, form_data, list_url, page_url, press, save
from vault import services as vault_services
from vault.models import ApiKey
from vault.services.keys import is_usable

CONFIG = {"username": "u", "client_id": "100", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}
OTHER = "https://www.sanalakpos.com/fim/api"
TYPED = {
    "resource_url": OTHER,
    "config__nestpay__store_key": "NEW-STORE-KEY",
    "config__nestpay__password": "NEW-PASSWORD",
    "change_reason": "Our contract moved to Akbank",
}


@pytest.fixture
def pos(channel):
    return PosFactory(
        channel=channel, gateway=NESTPAY, config=CONFIG, resource_url="https://sanalpos.isbank.com.tr/fim/api"
    )


@pytest.fixture
def strict(settings):
    """As in production. Asked for after what the test starts with."""
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    return settings


@pytest.fixture
def anna(db):
    return UserFactory(username="anna", role="Administrator")


@pytest.fixture
def berk(db):
    return UserFactory(username="berk", role="Administrator")


def waiting(instance):
    change = find_waiting(service_control.kind_of(type(instance)), instance.pk)
    assert change is not None
    return change


# A POS


CHANGES = [
    {"resource_url": OTHER, "config": {**CONFIG, "store_key": "X1234567", "password": "Y1234567"}},
    {"config": {**CONFIG, "client_id": "200", "store_key": "X1234567", "password": "Y1234567"}},
    {"config": {**CONFIG, "password": "Y1234567"}},
    {"config": {**CONFIG, "mode": "PROD"}},
    {"config": {**CONFIG, "accept_half_secure": True}},
    {"gateway": "omnicore.libs.payment_gateways.dummypay.DummyPayGateway", "config": {}},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_no_service_changes_a_pos_for_one_person(pos, strict, change):
    with pytest.raises(SecondPersonRequiredError):
        services.pos.update(pos, **change)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_api_says_that_it_takes_two(pos, strict, api, change):
    answer = api.patch(f"/api/v1/pos/{pos.pk}/", change, format="json")
    assert (answer.status_code, answer.json()["error_code"]) == (403, "change_100_1")
    assert "PASSWORD" not in answer.content.decode()
    assert not ConfigurationChange.objects.exists()


def test_the_desk_lets_the_change_wait(pos, strict, olivia, browser):
    answer = save(browser(olivia), page_url(pos), **TYPED)
    assert answer.status_code == 302, errors_of(answer)
    pos.refresh_from_db()
    assert pos.resource_url != OTHER
    page = browser(olivia).get(page_url(pos)).content.decode()
    assert "waits for approval by another user" in page
    assert OTHER in page
    assert "NEW-PASSWORD" not in page
    change = waiting(pos)
    assert (change.requested_by, change.reason) == (olivia, "Our contract moved to Akbank")


def test_it_takes_a_reason(pos, strict, olivia, browser):
    answer = save(browser(olivia), page_url(pos), **{**TYPED, "change_reason": ""})
    assert "change_reason" in errors_of(answer)
    assert not ConfigurationChange.objects.exists()


def test_what_loosens_nothing_needs_nobody(pos, strict, olivia, browser):
    assert save(browser(olivia), page_url(pos), name="İşbank").status_code == 302
    pos.refresh_from_db()
    assert pos.name == "İşbank"


def test_another_person_approves_and_it_is_applied_whole(pos, strict, olivia, berk, browser):
    save(browser(olivia), page_url(pos), name="Akbank", **TYPED)
    change = waiting(pos)
    press(browser(berk), change, "approve", note="Seen the contract")
    assert (change.state, change.decided_by) == (ChangeState.APPLIED, berk)
    pos.refresh_from_db()
    assert (pos.name, pos.resource_url) == ("Akbank", OTHER)
    assert full_config(pos)["password"] == "NEW-PASSWORD"


def test_no_secret_of_a_change_is_readable_at_rest_and_none_stays_behind(pos, strict, olivia, berk, browser):
    save(browser(olivia), page_url(pos), **TYPED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM identity_configurationchange t")
        assert "NEW-PASSWORD" not in cursor.fetchone()[0]
    change = waiting(pos)
    reject(change, berk)
    assert change.payload == {}


def test_who_asked_does_not_approve(pos, strict, anna, browser):
    save(browser(anna), page_url(pos), **TYPED)
    change = waiting(pos)
    press(browser(anna), change, "approve", note="")
    with pytest.raises(NotYourDecisionError):
        approve(change, anna)
    assert change.is_waiting


def test_not_even_a_superuser(pos, strict, ada, browser):
    save(browser(ada), page_url(pos), **TYPED)
    with pytest.raises(NotYourDecisionError):
        approve(waiting(pos), ada)


def test_nor_by_sql_past_the_code(pos, strict, anna, browser):
    save(browser(anna), page_url(pos), **TYPED)
    rows = ConfigurationChange.objects.filter(pk=waiting(pos).pk)
    with pytest.raises(IntegrityError):
        rows.update(state="applied", decided_by=anna)


@pytest.mark.parametrize("role", ["Operator", "Finance", "Auditor", None])
def test_nor_somebody_without_the_right_to(pos, strict, anna, browser, role):
    save(browser(anna), page_url(pos), **TYPED)
    change = waiting(pos)
    somebody = UserFactory(role=role)
    press(browser(somebody), change, "approve", note="")
    assert change.is_waiting


def test_nor_an_approver_who_could_not_make_the_change(pos, strict, anna, browser):
    save(browser(anna), page_url(pos), **TYPED)
    finn = UserFactory(role="Finance")
    finn.user_permissions.add(Permission.objects.get(codename="approve_configurationchange"))
    with pytest.raises(NotYourDecisionError):
        approve(waiting(pos), type(finn).objects.get(pk=finn.pk))


def test_a_colleagues_waiting_change_is_not_replaced(pos, strict, olivia, anna, browser):
    save(browser(olivia), page_url(pos), **TYPED)
    answer = save(browser(anna), page_url(pos), **{**TYPED, "config__nestpay__password": "ANNAS-PASSWORD"})
    assert answer.status_code in (200, 302)
    assert waiting(pos).requested_by == olivia
    assert ConfigurationChange.objects.count() == 1


def test_an_edit_of_ones_own_change_replaces_it(pos, strict, olivia, browser):
    save(browser(olivia), page_url(pos), **TYPED)
    first = waiting(pos)
    save(browser(olivia), page_url(pos), **TYPED, name="Second thoughts")
    first.refresh_from_db()
    assert first.state == ChangeState.WITHDRAWN
    assert waiting(pos).pk != first.pk


def test_an_approval_is_for_what_was_shown(pos, strict, olivia, berk, browser, settings):
    save(browser(olivia), page_url(pos), **TYPED)
    change = waiting(pos)
    settings.SECOND_PERSON_FOR_CONFIGURATION = False
    services.pos.update(pos, config={**CONFIG, "password": "MEANWHILE"})
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    with pytest.raises(ChangeOutdatedError):
        approve(change, berk)
    change.refresh_from_db()
    assert change.state == ChangeState.OUTDATED


def test_a_decided_withdrawn_or_expired_change_is_not_applied(pos, strict, olivia, berk, browser):
    save(browser(olivia), page_url(pos), **TYPED)
    change = waiting(pos)
    with pytest.raises(NotYourDecisionError):
        withdraw(change, berk)
    withdraw(change, olivia)
    with pytest.raises(ChangeDecidedError):
        approve(change, berk)
    save(browser(olivia), page_url(pos), **TYPED)
    change = waiting(pos)
    ConfigurationChange.objects.filter(pk=change.pk).update(expires_at=change.requested_at)
    with pytest.raises(ChangeDecidedError):
        approve(change, berk)
    save(browser(olivia), page_url(pos), **TYPED)
    assert waiting(pos).pk != change.pk


# A new POS takes no payments before another person has seen it


def body_of(channel) -> dict:
    return {
        "name": "x",
        "slug": "x",
        "gateway": NESTPAY,
        "resource_url": OTHER,
        "channel": channel.pk,
        "config": CONFIG,
    }


def test_a_pos_made_by_the_api_is_stored_and_not_live(channel, strict, olivia, berk):
    answer = client_of(olivia).post("/api/v1/pos/", body_of(channel), format="json")
    assert answer.status_code == 201
    assert "is_approved" not in answer.json()
    pos = POS.objects.get()
    assert not pos.is_approved
    approve(waiting(pos), berk)
    pos.refresh_from_db()
    assert pos.is_approved


def test_a_new_pos_charges_nothing(transactional_db, settings, olivia):
    shop = make_shop()
    POS.objects.filter(pk=shop.pos.pk).update(is_approved=False)
    with pytest.raises(NoRouteError):
        shop.charge()


def test_the_desk_says_that_a_new_pos_waits(channel, strict, olivia, browser):
    pages = browser(olivia)
    data = form_data(pages.get(add_url(POS)))
    names = {"channel": channel.pk, "name": "New", "slug": "new", "resource_url": OTHER, "gateway": NESTPAY}
    config = {f"config__nestpay__{name}": value for name, value in CONFIG.items()}
    answer = pages.post(add_url(POS), data | names | config)
    assert answer.status_code == 302, errors_of(answer)
    pos = POS.objects.get(slug="new")
    assert not pos.is_approved
    assert "waits for approval" in pages.get(page_url(pos)).content.decode()


def test_a_clone_waits_too(pos, strict, olivia):
    answer = client_of(olivia).post(f"/api/v1/pos/{pos.pk}/clone/", {"slug": "copy"})
    assert answer.status_code == 201
    assert waiting(POS.objects.get(slug="copy")).requested_by == olivia


def test_who_edited_a_waiting_pos_does_not_approve_it(channel, strict, anna, berk):
    """Anna makes it, Berk changes it: each of them had a part in it."""
    client_of(anna).post("/api/v1/pos/", body_of(channel), format="json")
    pos = POS.objects.get()
    edit = client_of(berk).patch(
        f"/api/v1/pos/{pos.pk}/", {"config": {**CONFIG, "client_id": "666"}}, format="json"
    )
    assert edit.status_code == 200
    change = waiting(pos)
    for author in (anna, berk):
        with pytest.raises(NotYourDecisionError):
            approve(change, author)
    approve(change, UserFactory(role="Administrator"))


def test_an_edit_makes_an_earlier_look_worthless(channel, strict, anna, berk):
    client_of(anna).post("/api/v1/pos/", body_of(channel), format="json")
    pos = POS.objects.get()
    seen = waiting(pos)
    POS.objects.filter(pk=pos.pk).update(resource_url="https://sanalpos.teb.com.tr/fim/api")
    with pytest.raises(ChangeOutdatedError):
        approve(seen, berk)


def test_nobody_approves_by_writing_the_flag(channel, strict, anna):
    client_of(anna).post("/api/v1/pos/", body_of(channel), format="json")
    pos = POS.objects.get()
    client_of(anna).patch(f"/api/v1/pos/{pos.pk}/", {"is_approved": True}, format="json")
    with pytest.raises(SecondPersonRequiredError):
        services.pos.update(pos, is_approved=True)
    pos.refresh_from_db()
    assert not pos.is_approved


def test_a_rejected_pos_can_be_asked_for_again(channel, strict, anna, berk, browser):
    client_of(anna).post("/api/v1/pos/", body_of(channel), format="json")
    pos = POS.objects.get()
    reject(waiting(pos), berk)
    press(browser(anna), pos, "ask_for_approval")
    assert waiting(pos).requested_by == anna


# Limits of a channel


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"refund_limit": 50}, {"refund_limit": 5000}),
        ({"refund_limit": 50}, {}),
        ({"refund_limit": "nonsense"}, {"refund_limit": 1}),
        ({}, {"late_payments": "refund"}),
        ({"late_payments": "refund"}, {}),
    ],
    ids=str,
)
def test_one_person_raises_no_limit(db, settings, api, before, after):
    channel = ChannelFactory()
    Channel.objects.filter(pk=channel.pk).update(conf=before)  # also what could not be entered today
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    answer = api.patch(f"/api/v1/channels/{channel.pk}/", {"conf": after}, format="json")
    assert (answer.status_code, answer.json()["error_code"]) == (403, "change_100_1")
    channel.refresh_from_db()
    assert channel.conf == before


def test_nor_counts_it_in_another_currency(channel, strict, api):
    assert api.patch(f"/api/v1/channels/{channel.pk}/", {"default_currency": "USD"}).status_code == 403


def test_nor_begins_with_a_channel_that_has_one(db, strict, api):
    body = {"name": "x", "slug": "x", "conf": {"refund_limit": 10**9}}
    assert api.post("/api/v1/channels/", body, format="json").status_code == 403
    assert not Channel.objects.exists()


def test_a_lower_limit_and_other_settings_need_nobody(channel, strict, api):
    body = {"conf": {"refund_limit": 10, "theme": "dark"}}
    assert api.patch(f"/api/v1/channels/{channel.pk}/", body, format="json").status_code == 200


def test_a_limit_is_raised_by_two(channel, strict, anna, berk, browser):
    save(browser(anna), page_url(channel), refund_limit="9.000,00", change_reason="Black Friday")
    channel.refresh_from_db()
    assert channel.conf == {}
    approve(waiting(channel), berk)
    channel.refresh_from_db()
    assert channel.refund_limit == 9000


# Exchange rates: a low one lets more through under the same limit


def enter(pages, rate: str):
    body = {"currency": "USD", "into": "TRY", "rate": rate, "valid_from": "2026-01-01"}
    return pages.post(add_url(ExchangeRate), body)


def test_an_exchange_rate_counts_once_two_have_seen_it(db, strict, finn, berk, browser):
    assert enter(browser(finn), "0.0001").status_code == 302
    assert not ExchangeRate.objects.exists()
    change = ConfigurationChange.objects.get()
    with pytest.raises(NotYourDecisionError):
        approve(change, finn)
    approve(change, berk)
    assert ExchangeRate.objects.get().created_by == finn


# API clients


@pytest.fixture
def crm(strict, anna, browser):
    """Made by Anna at the desk: the client and the secret that she saw."""
    answer = browser(anna).post(add_url(ApiClient), {"name": "CRM", "scopes": ["read", "refund"]})
    return ApiClient.objects.get(), answer.context["secrets"]["client_secret"]


def ask_token(client, secret):
    body = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
    return Client().post("/oauth/token", body)


def test_a_new_client_gets_no_token_before_another_person_approved_it(crm, anna, berk):
    client, secret = crm
    assert ask_token(client, secret).status_code == 401
    with pytest.raises(NotYourDecisionError):
        approve(waiting(client), anna)
    approve(waiting(client), berk)
    assert ask_token(client, secret).status_code == 200


def test_one_person_adds_no_scope(crm, anna, berk, browser):
    client, secret = crm
    approve(waiting(client), berk)
    save(browser(anna), page_url(client), scopes=["read", "refund", "pay"], change_reason="x")
    client.refresh_from_db()
    assert client.scopes == "read refund"
    change = waiting(client)
    save(browser(anna), page_url(client), scopes=["read"])  # less needs nobody
    client.refresh_from_db()
    assert client.scopes == "read"
    with pytest.raises(ChangeOutdatedError):
        approve(change, berk)


def test_a_new_secret_is_worth_nothing_to_who_made_it(crm, anna, berk, browser):
    """Else whoever may rotate secrets may do what the client may."""
    client, secret = crm
    approve(waiting(client), berk)
    press(browser(anna), client, "rotate", overlap="0")
    assert ask_token(client, secret).status_code == 401
    client.refresh_from_db()
    assert not client.is_approved
    assert waiting(client).requested_by == anna


def test_a_client_is_nobodys_second_identity(crm):
    client, _secret = crm
    assert not client.user.has_usable_password()
    assert not client.user.is_staff
    assert not client.user.get_all_permissions()


@pytest.mark.parametrize("who", ["maker", "rotator"])
def test_who_knows_a_clients_secret_does_not_approve_its_refunds(transactional_db, settings, who):
    """One person asks as the program, and approves as himself."""
    settings.REFUND_LIMIT = Decimal(10)
    mallory, honest = UserFactory(role="Finance"), UserFactory(role="Finance")
    client, _secret = create_client(
        name="CRM", scopes=["refund"], user_id=mallory.pk if who == "maker" else None
    )
    if who == "rotator":
        rotate_secret(client, user_id=mallory.pk)
    payment = make_shop().charge().payment
    refund = refund_payment(payment, amount=Decimal(100), reason="x", user_id=client.user_id)
    assert refund.state == RefundState.WAITING
    with pytest.raises(SecondPersonError):
        approve_refund(refund, user_id=mallory.pk)
    assert approve_refund(refund, user_id=honest.pk).state == RefundState.DONE


# Keys of merchants


@pytest.fixture
def merchant(db):
    return vault_services.merchants.create(name="Shop")


def test_new_keys_open_nothing_before_another_person_approved_them(merchant, strict, anna, berk, browser):
    browser(anna).post(add_url(ApiKey), {"merchant": merchant.pk})
    key = ApiKey.objects.get()
    assert not is_usable(key, "192.0.2.1")
    approve(waiting(key), berk)
    key.refresh_from_db()
    assert is_usable(key, "192.0.2.1")


@pytest.mark.parametrize("change", [{"allowed_addresses": []}, {"expires_at": None}], ids=str)
def test_one_person_loosens_no_key(merchant, settings, change):
    end = timezone.now() + timedelta(days=1)
    key = vault_services.keys.issue(merchant=merchant, allowed_addresses=["192.0.2.1"], expires_at=end).key
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    with pytest.raises(SecondPersonRequiredError):
        vault_services.keys.update(key, **change)


def test_a_key_is_ended_by_one_person(merchant, settings):
    key = vault_services.keys.issue(merchant=merchant).key
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    vault_services.keys.update(key, expires_at=timezone.now())
    vault_services.keys.revoke(key)
    assert not is_usable(key, "192.0.2.1")


# The list


def test_what_waits_is_on_the_list_and_the_dashboard(pos, strict, olivia, berk, browser):
    save(browser(olivia), page_url(pos), **TYPED)
    pages = browser(berk)
    assert pos.name in pages.get(list_url(ConfigurationChange)).content.decode()
    alerts = pages.get("/admin/").context["alerts"]
    assert [alert.count for alert in alerts if "configuration" in alert.text] == [1]
    links = [
        item["link"]
        for group in pages.get("/admin/").context["sidebar_navigation"]
        for item in group["items"]
    ]
    assert list_url(ConfigurationChange) in links


def test_a_small_office_in_development_needs_no_second_person(pos, settings):
    assert not settings.SECOND_PERSON_FOR_CONFIGURATION
    services.pos.update(pos, **CHANGES[0])
    assert pos.resource_url == OTHER


AUTH = {"auth.user", "auth.group", "auth.user.password"}


def test_every_kind_of_change_has_somebody_to_apply_it():
    assert {
        "payments.pos",
        "payments.channel",
        "billing.exchangerate",
        "billing.apiclient",
        "vault.apikey",
        *AUTH,
    } <= set(changes._controls)
