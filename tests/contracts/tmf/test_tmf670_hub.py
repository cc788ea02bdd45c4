"""Events of payment methods, on a real listener. Two contracts share the hub; each listener hears its own."""

import pytest
from django.contrib.auth.models import Permission

from billing.models import Delivery, Event
from config.kit.identity.models import Access
from tests.billing.importing.test_method_import import CARD, load
from tests.conftest import client_of
from tests.contracts.tmf.conftest import make_telco, telco_client
from tests.contracts.tmf.test_hub import pay, register, send
from tests.contracts.tmf.test_tmf670_kit import PAYLOAD, whole
from tests.support.factories import AccountFactory, PaymentMethodFactory, UserFactory
from tests.support.listener import listening

BASE, PAYMENTS = "/tmf-api/paymentMethod/v4", "/tmf-api/paymentManagement/v4"
PATH = f"{BASE}/paymentMethod"


@pytest.fixture
def telco(transactional_db, settings):
    settings.HUB_ALLOW_PRIVATE_CALLBACKS = True
    return make_telco()


@pytest.fixture
def client(telco):
    return telco_client()


@pytest.fixture
def listener():
    with listening() as server:
        yield server


def types(listener):
    return [event["eventType"] for event in listener.events()]


def test_a_listener_hears_of_everything_that_happens_to_a_method(client, telco, listener, settings):
    register(client, listener.url(), base=BASE)
    made = client.post(PATH, whole("TokenizedCard", token="tok_of_mary_irwin")).json()
    url = f"{PATH}/{made['id']}"
    client.patch(url, {"description": "Mine", "issuer": "Somebody"})
    client.patch(url, {"status": "Blocked"})
    client.patch(url, {"account": [{"id": telco.account_id}]})
    client.patch(url, client.get(url).json())  # nothing changes
    client.delete(url)
    pay(client, telco)
    send()
    assert types(listener) == [
        "PaymentMethodCreateEvent",
        "PaymentMethodAttributeValueChangeEvent",
        "PaymentMethodStatusChangeEvent",
        "PaymentMethodAttributeValueChangeEvent",
        "PaymentMethodDeleteEvent",
    ]
    heard = listener.events()
    assert heard[0]["event"]["paymentMethod"] == {**made, "href": f"{settings.PUBLIC_URL}{url}"}
    assert heard[1]["fieldPath"] == "description,issuer"
    assert heard[2]["event"]["paymentMethod"]["status"] == "Blocked"
    assert heard[3]["fieldPath"] == "account"
    assert [one["event"]["paymentMethod"]["account"] for one in heard[1:3]] == [None, None]
    assert heard[4]["domain"] == "paymentMethod"
    assert "tok_of_mary_irwin" not in str(listener.heard)
    assert not {"gateway_token", "bank_account_number", "voucher_code"} & set(Event.objects.first().after)


@pytest.mark.parametrize(
    ("base", "query", "heard"),
    [
        (PAYMENTS, "", ["PaymentCreateEvent", "PaymentStateChangeEvent"]),
        (PAYMENTS, "eventType=PaymentMethodCreateEvent", ["PaymentMethodCreateEvent"]),
        (PAYMENTS, "paymentMethod.name=HSV", ["PaymentMethodCreateEvent"]),
        (BASE, "", ["PaymentMethodCreateEvent"]),
        (BASE, "paymentMethod.@type=Cash", []),
    ],
)
def test_each_contracts_listeners_hear_its_events(client, telco, listener, base, query, heard):
    register(client, listener.url(), query, base=base)
    client.post(PATH, PAYLOAD)
    pay(client, telco)
    send()
    assert types(listener) == heard
    assert not Delivery.objects.filter(state="waiting").exists()


def test_other_doors_tell_it_too_and_the_href_is_the_listeners(client, telco, listener):
    register(client, listener.url(), base="/brm/paymentMethods/v1")
    PaymentMethodFactory(account=telco.account)
    send()
    (event,) = listener.events()
    assert (
        "/brm/paymentMethods/v1/paymentMethod/0.0.0.1+-payinfo-cc+" in event["event"]["paymentMethod"]["href"]
    )


def test_imported_methods_are_told_one_by_one(client, telco, listener):
    register(client, listener.url(), base=BASE)
    AccountFactory(channel=telco.channel, account_number="A-1")
    load(CARD + CARD.replace("c1", "c2")).close()
    send()
    assert types(listener) == ["PaymentMethodCreateEvent"] * 2


def test_a_method_of_nobody_is_told_to_its_client_and_to_those_without_limits(client, telco, listener):
    limited = []
    for name in ("alice", "bob"):
        user = UserFactory(username=name)
        Access.objects.create(user=user, channels=[telco.channel.pk])
        user.user_permissions.set(
            Permission.objects.filter(
                codename__in=["view_payment", "add_eventsubscription", "add_paymentmethod"]
            )
        )
        limited.append(client_of(user))
    alice, bob = limited
    for place, one in enumerate((alice, bob, client)):
        register(one, listener.url(f"/{place}"), base=BASE)
    alice.post(PATH, PAYLOAD)
    send()
    assert sorted(path for path, _headers, _body in listener.heard) == ["/0", "/2"]
