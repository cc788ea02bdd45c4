"""Somebody who may change a POS, but not see its secrets, points it at a host of his own.

The next payment would send the bank's password, card number and CVC there, and an unsigned answer would approve it.
"""

import socket

import pytest
from django.core.checks import run_checks
from django.db import connection

from billing.errors import GatewayUnavailableError
from billing.models import PaymentAttempt
from billing.services import reconcile
from billing.states import PaymentState
from config.kit.lib.errors import InvalidValueError
from payments import services
from payments.errors import GatewayConfigError
from payments.gateways.types import Outcome, Reason
from payments.pos_gateway import full_config
from tests.billing.conftest import make_shop
from tests.conftest import client_of
from tests.support.factories import NESTPAY, PosFactory
from tests.support.gateways import PROFILES
from tests.support.listener import listening
from tests.support.pages import errors_of, page_url, save

NESTPAY_PROFILE = PROFILES["nestpay"]
BANK = "https://sanalpos.isbank.com.tr/fim/api"
OTHER_BANK = "https://www.sanalakpos.com/fim/api"
EVIL = "https://evil.example/fim/api"
MASKED = {**NESTPAY_PROFILE.config, "store_key": "********56", "password": "********01"}
TYPED_AGAIN = {"store_key": "NEW-STORE-KEY", "password": "NEW-PASSWORD"}


@pytest.fixture
def strict(settings):
    """As in production."""
    settings.GATEWAY_HOSTS_ALLOWED = []
    return settings


@pytest.fixture
def pos(channel, strict):
    return PosFactory(
        channel=channel, gateway=NESTPAY, config=NESTPAY_PROFILE.config, resource_url=BANK, slug="isbank"
    )


@pytest.fixture
def evil():
    with listening() as server:
        yield server


ELSEWHERE = [
    "http://sanalpos.isbank.com.tr/fim/api",
    EVIL,
    "https://127.0.0.1/fim/api",
    "https://[::1]/fim/api",
    "https://10.0.0.1/fim/api",
    "https://169.254.169.254/latest/meta-data",
    "https://sanalpos.isbank.com.tr.evil.example/",
    "https://evil.example/?https://sanalpos.isbank.com.tr/",
    "https://sanalpos.isbank.com.tr@evil.example/",
    "https://evil.example\\@sanalpos.isbank.com.tr/",
    "https://sanalpos.isbank.com.tr\\.evil.example/",
    "https://sanalpos.isbank.com.tr:443@evil.example/",
    "https://evil.example#@sanalpos.isbank.com.tr/",
    "https://sanalpos.i\u0455bank.com.tr/",
    "https://sanalpos.isbank.com.tr./",
    "https://sanalpos.isbank.com.tr:99999/",
    "https://api.iyzipay.com/",  # a bank, but another gateway's
]


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("field", ["resource_url", "three_d_resource_url"])
def test_no_service_takes_an_address_elsewhere(pos, field, url):
    with pytest.raises((InvalidValueError, GatewayConfigError)):
        services.pos.update(pos, **{field: url, "config": {**NESTPAY_PROFILE.config, **TYPED_AGAIN}})
    pos.refresh_from_db()
    assert pos.resource_url == BANK
    assert pos.three_d_resource_url is None


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_new_pos_points_elsewhere(channel, strict, url):
    with pytest.raises(InvalidValueError):
        PosFactory(channel=channel, gateway=NESTPAY, config=NESTPAY_PROFILE.config, resource_url=url)


def test_the_api_refuses_it_at_its_field(pos, olivia):
    body = {"resource_url": EVIL, "config": {**NESTPAY_PROFILE.config, **TYPED_AGAIN}}
    answer = client_of(olivia).patch(f"/api/v1/pos/{pos.pk}/", body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == ["resource_url"]


def test_the_desk_refuses_it_at_its_field(pos, olivia, browser):
    answer = save(
        browser(olivia),
        page_url(pos),
        resource_url=EVIL,
        config__nestpay__password="new",
        config__nestpay__store_key="new",
    )
    assert "resource_url" in errors_of(answer)


def test_an_administrator_may_allow_a_host(pos, strict):
    strict.GATEWAY_HOSTS_ALLOWED = ["evil.example"]
    services.pos.update(pos, resource_url=EVIL, config={**NESTPAY_PROFILE.config, **TYPED_AGAIN})
    assert pos.resource_url == EVIL


MOVES = [
    {"resource_url": OTHER_BANK},
    {"three_d_resource_url": OTHER_BANK},
    {"config": {**MASKED, "client_id": "100999999"}},
]


@pytest.mark.parametrize("change", MOVES, ids=lambda change: next(iter(change)))
def test_the_secrets_do_not_go_along_to_another_bank_or_terminal(pos, change):
    """Not even to a host that is known: an account of his own at another bank collects the password."""
    with pytest.raises(GatewayConfigError) as refused:
        services.pos.update(pos, **change)
    assert set(refused.value.errors) == {"store_key", "password"}


def test_masks_sent_back_with_another_address_are_no_secrets(pos, olivia):
    client = client_of(olivia)
    body = client.get(f"/api/v1/pos/{pos.pk}/").json() | {"resource_url": OTHER_BANK}
    answer = client.put(f"/api/v1/pos/{pos.pk}/", body, format="json")
    assert (answer.status_code, answer.json()["error_code"]) == (406, "pos_100_2")


def test_the_desk_asks_for_the_secrets_again(pos, olivia, browser):
    answer = save(browser(olivia), page_url(pos), resource_url=OTHER_BANK)
    assert set(errors_of(answer)) == {"config__nestpay__store_key", "config__nestpay__password"}
    answer = save(
        browser(olivia),
        page_url(pos),
        resource_url=OTHER_BANK,
        config__nestpay__password="NEW-PASSWORD",
        config__nestpay__store_key="NEW-STORE-KEY",
    )
    assert answer.status_code == 302
    pos.refresh_from_db()
    assert full_config(pos)["password"] == "NEW-PASSWORD"


def test_secrets_typed_in_the_same_change_are_kept(pos):
    services.pos.update(pos, resource_url=OTHER_BANK, config={**NESTPAY_PROFILE.config, **TYPED_AGAIN})
    pos.refresh_from_db()
    assert full_config(pos)["store_key"] == "NEW-STORE-KEY"


def test_a_new_name_keeps_the_secrets(pos):
    services.pos.update(pos, name="İşbank")
    services.pos.update(pos, resource_url=BANK, config=MASKED)
    pos.refresh_from_db()
    assert full_config(pos)["store_key"] == NESTPAY_PROFILE.config["store_key"]


def shop_pointed_by_sql(url: str, three_d: str | None = None):
    """A shop whose POS was changed in the database, past all rules."""
    shop = make_shop(
        gateway=NESTPAY, config=NESTPAY_PROFILE.config, resource_url=BANK, three_d_resource_url=OTHER_BANK
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_pos SET resource_url = %s, three_d_resource_url = %s WHERE id = %s",
            [url, three_d, shop.pos.pk],
        )
    return shop


def test_a_row_changed_by_sql_sends_nothing(transactional_db, strict, evil):
    shop = shop_pointed_by_sql(evil.url())
    payment = shop.charge().payment
    assert payment.state == PaymentState.FAILED
    attempt = PaymentAttempt.objects.get(payment=payment)
    assert (attempt.outcome, attempt.reason) == (Outcome.NOT_SENT, Reason.ADDRESS_REFUSED)
    assert evil.heard == []


def test_no_payer_is_sent_to_a_3d_page_changed_by_sql(transactional_db, strict, evil):
    """The payer's browser would post card number and CVC there."""
    result = shop_pointed_by_sql(BANK, evil.url()).charge(three_d=True)
    assert result.form is None
    assert result.payment.state == PaymentState.FAILED


def test_an_allowed_name_with_a_private_address_sends_nothing(transactional_db, strict, evil, monkeypatch):
    """A name server of his own answers with an address inside of the network."""
    found = [(2, 1, 6, "", ("127.0.0.1", evil.server_port))]
    strict.GATEWAY_HOSTS_ALLOWED = ["evil.example"]
    shop = make_shop(
        gateway=NESTPAY,
        config=NESTPAY_PROFILE.config,
        resource_url=f"https://evil.example:{evil.server_port}/",
    )
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    payment = shop.charge().payment
    assert (payment.state, payment.reason) == (PaymentState.FAILED, Reason.ADDRESS_REFUSED)
    assert evil.heard == []


def test_questions_and_refunds_send_nothing_either(transactional_db, settings, evil):
    shop = make_shop(gateway=NESTPAY, config=NESTPAY_PROFILE.config, resource_url=evil.url("/hang"))
    settings.GATEWAY_TIMEOUT_SECONDS = 0.3
    payment = shop.charge().payment
    assert payment.state == PaymentState.UNKNOWN
    heard = len(evil.heard)
    settings.GATEWAY_HOSTS_ALLOWED = []
    assert reconcile.query_status(payment).state == PaymentState.UNKNOWN
    assert len(evil.heard) == heard


def test_the_breaker_does_not_open_for_an_address(transactional_db, strict, evil):
    """Else anybody could switch a POS off for others by it."""
    strict.GATEWAY_BREAKER_FAILURES = 1
    shop = shop_pointed_by_sql(evil.url())
    shop.charge()
    try:
        shop.charge()
    except GatewayUnavailableError:  # pragma: no cover
        pytest.fail("the breaker is open")


def test_an_upgraded_production_says_which_pos_it_will_not_call(db, strict):
    shop_pointed_by_sql("http://sanalpos.isbank.com.tr/fim/api")
    assert [message for message in run_checks() if message.id == "payments.W001"] == []
    strict.PRODUCTION = True
    assert [message.id for message in run_checks() if message.id == "payments.W001"] == ["payments.W001"]
