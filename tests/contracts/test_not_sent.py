"""null on an optional field, a missing key and a boolean that a form leaves out are "not sent", in every contract.

The optional fields are those that the contracts' own shapes declare, so that a new field is tested by being there.
"""

import msgspec
import pytest
from rest_framework.test import APIClient

from billing.contracts.bimetri import serializers as bimetri
from billing.contracts.naviga import serializers as naviga
from billing.contracts.tmf.tmf676 import requests as tmf
from config.kit.api.resources import ResourceRouter
from config.urls import billing_router, payments_router
from payments.models import BinNumber, PaymentOption
from tests.contracts.bimetri.conftest import SAMPLE as PAYMENT
from tests.contracts.bimetri.conftest import make_portal_shop, portal_client
from tests.contracts.naviga.conftest import make_world
from tests.contracts.naviga.test_naviga import CARD, OLD_CARD
from tests.contracts.tmf.conftest import BRM, make_telco, rows
from tests.support import factories
from tests.support.factories import PaymentOptionFactory
from tests.vault.conftest import PATH, SAMPLE, make_shop
from vault.contracts.paywall import serializers as paywall

RESOURCES = {name: view for name, view, _base in ResourceRouter(payments_router, billing_router).registry}
WRITABLE = {name for name, view in RESOURCES.items() if hasattr(view, "create")}


def optional_of(serializer) -> list[str]:
    return [name for name, field in serializer.fields.items() if not field.required and not field.read_only]


def with_null(body, path):
    """A copy of nested `body` with null at `path`."""
    name, *rest = path
    return {**body, name: with_null(body.get(name) or {}, rest) if rest else None}


# Bodies with what is required and no more.
def bodies(channel):
    card = factories.CardFactory(channel=channel, card_payment_type="debit")
    account = factories.AccountFactory(channel=channel)
    subscription = factories.SubscriptionFactory(account=account)
    pos = card.cash_payment.pk
    return {
        "pos": {
            "name": "x", "slug": "x", "gateway": factories.DUMMYPAY, "resource_url": "https://dummypay.net/",
            "channel": channel.pk,
        },
        "banks": {"name": "x", "slug": "x", "channel": channel.pk},
        "card_types": {"name": "x", "slug": "x", "channel": channel.pk},
        "cards": {
            "name": "x", "slug": "x", "channel": channel.pk, "bank": card.bank_id, "card_type": card.card_type_id,
            "cash_payment": pos, "installment_payment": pos,
        },
        "multi_currency_cards": {
            "card": card.pk, "currency": "USD", "cash_payment": pos, "installment_payment": pos,
        },
        "bin_numbers": {"bin_number": "411111", "card": card.pk, "channel": channel.pk},
        "installments": {
            "card": card.pk, "installment_count": 3, "label": "x", "interest_rate": "0",
        },
        "bank_accounts": {
            "bank": card.bank_id, "slug": "x", "holder_name": "x", "iban": "x1", "channel": channel.pk,
        },
        "payment_options": {"name": "x", "slug": "x", "payment_type": "credit_card", "channel": channel.pk},
        "channels": {"name": "x", "slug": "x"},
        "accounts": {"channel": channel.pk, "account_number": "x", "name": "x"},
        "subscriptions": {"account": account.pk, "name": "x"},
        "bills": {
            "subscription": subscription.pk, "amount": "1.00", "issued_on": "2026-01-01", "due_on": "2026-01-02",
        },
        "tenants": {"media_group_code": "a", "client_code": "b", "paper_code": "c", "name": "x"},
        "source_systems": {"code": "x", "name": "x"},
        "billing_addresses": {"account": account.pk, "street": "x", "city": "x"},
        "payment_methods": {"account": account.pk, "kind": 14, "holder_name": "x"},
        "commission_plans": {"pos": pos, "valid_from": "2026-01-01", "rate": "1.75"},
        "acquiring_agreements": {"pos": pos, "bank": card.bank_id, "terminal_number": "T1"},
        "bank_days": {"day": "2027-01-01", "is_working": False, "name": "x"},
    }  # fmt: skip


@pytest.mark.parametrize("resource", sorted(WRITABLE))
def test_native(resource, api, channel):
    body = bodies(channel)[resource]
    optional = optional_of(RESOURCES[resource].serializer_class())
    answer = api.post(f"/api/v1/{resource}/", {**body, **dict.fromkeys(optional)})
    assert answer.status_code == 201, answer.content
    created = answer.json()
    path = f"/api/v1/{resource}/{created['pk']}/"
    same = api.patch(path, dict.fromkeys(optional)).json()
    assert {**same, "modified_date": ""} == {**created, "modified_date": ""}
    for name in body:
        assert api.patch(path, {name: None}).status_code == 200, name
    assert {**api.get(path).json(), "modified_date": ""} == {**created, "modified_date": ""}
    assert {**api.put(path, {**body, **dict.fromkeys(optional)}).json(), "modified_date": ""} == {
        **created, "modified_date": "",
    }  # fmt: skip


def test_bimetri(db):
    shop, client = make_portal_shop(), portal_client()
    subscription = {"organizationId": shop.channel.pk, "subscriptionId": 458752}
    calls = [
        ("/api/payment/add", bimetri.AddPaymentSerializer, PAYMENT),
        ("/api/subscription/bill", bimetri.BillQuerySerializer, subscription),
        ("/api/subscription/bill/information", bimetri.SubscriptionSerializer, subscription),
    ]
    for path, shape, body in calls:
        optional = dict.fromkeys(optional_of(shape()))
        headers = {"OrganizationId": str(shop.channel.pk)}
        answer = client.post(path, {**body, **optional}, format="json", headers=headers)
        assert answer.status_code == 200, (path, answer.content)
    assert optional_of(bimetri.RegisteredCardSerializer()) == ["installment"]
    sent = {"subscriptionId": 458752, "bill": [54321], "installment": None}
    assert (
        "installment"
        not in client.post("/api/payment/add/registeredcard", sent, format="json").json()["message"]
    )
    login = {"screenName": "x", "password": "x", **dict.fromkeys(optional_of(bimetri.LoginSerializer()))}
    assert client.post("/api/auth/login", login, format="json").json()["error"] == "UnauthorizedException"


def test_naviga(db):
    site = make_world().client()
    needed = ("HolderName", "CreditCard", "PaymentGatewayToken")
    for name in optional_of(naviga.PaymentMethodSerializer()):
        answer = site.post("/Billing/PaymentMethods", {**CARD, name: None}, format="json")
        assert answer.status_code == (400 if name in needed else 200), (name, answer.content)
    untyped = with_null(CARD, ["CreditCard", "CreditCardType"])
    assert site.post("/Billing/PaymentMethods", untyped, format="json").status_code == 200
    optional = [
        ["PaymentMethod", name]
        for name in OLD_CARD["PaymentMethod"]
        if name not in ("CreditCard", "AccountHolder", "ExternalToken")
    ]
    for path in [*optional, ["BillingAddressId"], ["AccountInfo"], ["AccountInfo", "SubscriptionId"]]:
        answer = site.post("/Billing/245316/PaymentMethods", with_null(OLD_CARD, path), format="json")
        assert answer.status_code == 200, (path, answer.content)


def nulls(shape, path=()):
    """The paths of all optional attributes of a TM Forum body, also within its parts."""
    for field in msgspec.structs.fields(shape):
        kinds = [kind for kind in getattr(field.type, "__args__", (field.type,)) if isinstance(kind, type)]
        if not field.required:
            yield [*path, field.encode_name]
        for kind in kinds:
            if issubclass(kind, msgspec.Struct):
                yield from nulls(kind, (*path, field.encode_name))


@pytest.mark.parametrize("path", list(nulls(tmf.PaymentCreate)), ids=".".join)
def test_tmf(path, api, db):
    telco = make_telco()
    parts = {
        "payer": {"id": "1", "@referredType": "Individual"},
        "channel": {"id": "1"},
        "amount": {"unit": "USD", "value": 10},
        "taxAmount": {"unit": "USD", "value": 1},
    }
    known = telco.cash() if path[0] == "paymentMethod" else telco.sample()
    body = {**known, **({path[0]: parts[path[0]]} if path[0] in parts else {})}
    answer = api.post(f"{BRM}/payment", with_null(body, path))
    assert answer.status_code == 201, answer.content
    assert rows(answer)["status"] == "captured"


def test_paywall(db):
    api = make_shop("Shop").api
    for name in [*optional_of(paywall.SaveSerializer()), *optional_of(paywall.ListSerializer())]:
        answer = api.post(PATH, {**SAMPLE, name: None}, format="json")
        assert answer.status_code == 200, (name, answer.content)
    code = answer.json()["Body"]["UniqueCode"]
    handle = {"RelationalId1": "003", "UniqueCode": code}
    relation = dict.fromkeys(optional_of(paywall.RelationSerializer()))
    assert api.put(PATH, {**handle, **relation, "Month": 1, "Year": 2041}, format="json").status_code == 200
    assert api.delete(PATH, {**handle, **relation}, format="json").status_code == 200


@pytest.mark.parametrize("form", ["multipart", "application/x-www-form-urlencoded"])
def test_a_boolean_that_a_form_leaves_out(form, api, channel):
    body = bodies(channel)
    for resource, model in (("payment_options", PaymentOption), ("bin_numbers", BinNumber)):
        assert send(api.post, f"/api/v1/{resource}/", body[resource], form).status_code == 201
        assert model.objects.get().is_active
        model.objects.update(is_active=False)
        path = f"/api/v1/{resource}/{model.objects.get().pk}/"
        assert send(api.put, path, body[resource], form).status_code == 200
        assert not model.objects.get().is_active
        assert send(api.put, path, {**body[resource], "is_active": "true"}, form).status_code == 200
        assert model.objects.get().is_active
        model.objects.all().delete()


def send(method, path, body, form):
    if form == "multipart":
        return method(path, body, format="multipart")
    text = "&".join(f"{name}={value}" for name, value in body.items())
    return method(path, text, content_type=form)


def test_the_form_of_the_browsable_api_can_untick_a_box(admin_pages, channel):
    option = PaymentOptionFactory(channel=channel)
    page = admin_pages.get(f"/api/v1/payment_options/{option.pk}/?format=api").content.decode()
    assert '<input type="hidden" name="is_active" value="false">' in page
    form = {
        "name": "x",
        "slug": "x",
        "payment_type": "credit_card",
        "channel": channel.pk,
        "is_active": ["false"],
    }
    client = APIClient()
    client.force_authenticate(admin_pages.get("/admin/").context["user"])
    assert client.put(f"/api/v1/payment_options/{option.pk}/", form, format="multipart").status_code == 200
    option.refresh_from_db()
    assert not option.is_active
    ticked = {**form, "is_active": ["false", "true"]}
    assert client.put(f"/api/v1/payment_options/{option.pk}/", ticked, format="multipart").status_code == 200
    option.refresh_from_db()
    assert option.is_active
