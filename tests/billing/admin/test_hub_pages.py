"""Other systems in the admin: listeners, deliveries and API clients; references on a payment's page."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import ApiClient, Delivery, Event, EventSubscription, Payment
from billing.services.api_client import create_client
from tests.contracts.tmf.conftest import PLAIN, make_telco, telco_client
from tests.support.factories import PaymentMethodFactory
from tests.support.pages import list_url, page_url, press


@pytest.fixture
def telco(db):
    return make_telco()


@pytest.fixture
def paid(telco):
    body = telco.cash(
        12, correlatorId="run-77", name="January", payer={"id": "P-1", "@referredType": "Individual"}
    )
    telco_client("bob").post(f"{PLAIN}/payment", body)
    return Payment.objects.get()


@pytest.fixture
def dead(paid):
    listener = EventSubscription.objects.create(
        callback="https://listener.example/",
        base_path="payment/v4",
        secret="hush",
        client="user:1",
        failures=9,
    )
    event = Event.objects.create(
        event_id=uuid.uuid4(),
        occurred_at=timezone.now(),
        resource="payment",
        payment=paid,
        transaction=1,
        after={},
    )
    return Delivery.objects.create(
        event=event,
        subscription=listener,
        state="dead",
        event_type="PaymentCreateEvent",
        created_at=timezone.now(),
    )


def test_a_payment_shows_its_id_and_references(admin_pages, paid):
    page = admin_pages.get(page_url(paid)).content.decode()
    for text in (f"0.0.0.1+-item-payment+{paid.pk}", "run-77", "January", "P-1", "Cash", "till 7", "bob"):
        assert text in page


def test_a_payment_without_a_pos_is_refunded_here(admin_pages, paid):
    page = admin_pages.get(page_url(paid)).content.decode()
    buttons = set(re.findall(rf"/payment/{paid.pk}/(\w+)/", page))
    assert "refund" in buttons
    assert not {"void", "ask"} & buttons


def test_lists_and_pages_open_and_tell_no_secret(admin_pages, dead):
    for instance in (dead, dead.subscription):
        for url in (list_url(type(instance)), page_url(instance)):
            page = admin_pages.get(url).content.decode()
            assert "listener.example" in page
            assert "hush" not in page
    assert "PaymentCreateEvent" in admin_pages.get(list_url(Delivery)).content.decode()


def test_given_up_events_are_sent_again(admin_pages, dead):
    press(admin_pages, dead.subscription, "send_dead")
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)


def test_chosen_deliveries_are_sent_again(admin_pages, dead):
    admin_pages.post(list_url(Delivery), {"action": "send_again", "_selected_action": [dead.pk]})
    dead.refresh_from_db()
    assert dead.state == "waiting"


def test_an_event_of_a_payment_method_names_it(admin_pages, dead):
    method = PaymentMethodFactory()
    Event.objects.filter(pk=dead.event_id).update(
        resource="paymentMethod", payment=None, payment_method=method
    )
    for url in (list_url(Delivery), page_url(dead)):
        assert page_url(method) in admin_pages.get(url).content.decode()


def test_a_listener_is_switched_off(admin_pages, dead):
    press(admin_pages, dead.subscription, "switch_off")
    dead.subscription.refresh_from_db()
    assert not dead.subscription.is_active


def test_who_only_reads_changes_nothing(dead, aydin, client):
    client.force_login(aydin)
    assert client.get(list_url(Delivery)).status_code == 200
    url = page_url(dead.subscription, "switch_off")
    assert client.post(url, {"idempotency_key": "x"}).status_code == 403
    client.post(list_url(Delivery), {"action": "send_again", "_selected_action": [dead.pk]})
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_a_client_is_made_and_its_secret_shown_once(admin_pages, db):
    response = admin_pages.post(
        reverse("admin:billing_apiclient_add"), {"name": "CRM", "scopes": ["read", "pay"]}
    )
    made = ApiClient.objects.get()
    assert (made.scopes, made.authorization_grant_type) == ("read pay", "client-credentials")
    secret = response.context["secrets"]["client_secret"]
    body = {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": secret}
    assert admin_pages.post("/oauth/token", body).status_code == 200
    page = admin_pages.get(page_url(made))
    assert made.client_secret not in page.content.decode()


def test_a_new_secret_is_shown_once(admin_pages, db):
    client, old = create_client(name="CRM", scopes=["read"])
    shown = press(admin_pages, client, "rotate", overlap="0").content.decode()
    assert client.client_id in shown
    assert old not in shown
    body = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": old}
    assert admin_pages.post("/oauth/token", body).status_code == 401


def test_the_librarys_own_pages_are_gone(admin_pages, db):
    assert admin_pages.get("/admin/oauth2_provider/accesstoken/").status_code == 404
