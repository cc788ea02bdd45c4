"""A token is for one contract, for the channels and tenants of its user, and for nothing that its user may not do."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from billing.models import Payment
from billing.services.api_client import create_client
from config.kit.identity.models import Access
from tests.contracts.bimetri.conftest import SAMPLE, make_portal_shop
from tests.contracts.tmf.conftest import PLAIN, rows, telco  # noqa: F401 the account with bills and a stored card
from tests.support.factories import (
    AccountFactory,
    BankFactory,
    BillFactory,
    ChannelFactory,
    SourceSystemFactory,
    SubscriptionFactory,
    TenantFactory,
    UserFactory,
)

PASSWORD = "correct horse battery"


def program(*permissions: str, **limits):
    """The user of a portal: no person of the desk."""
    user = UserFactory(is_staff=False)
    for name in permissions:
        app, _dot, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(codename=codename, content_type__app_label=app))
    if limits:
        Access.objects.create(user=user, **limits)
    return user


def bearer(token) -> APIClient:
    return APIClient(headers={"Authorization": f"Bearer {token}"})


def bimetri_token(user) -> str:
    body = {"screenName": user.username, "password": PASSWORD, "rememberMe": True}
    return APIClient().post("/api/auth/login", body, format="json").json()["token"]


def native_key(user) -> APIClient:
    key = (
        APIClient()
        .post("/api/v1/auth/login/", {"username": user.username, "password": PASSWORD})
        .json()["key"]
    )
    return APIClient(headers={"Authorization": f"Token {key}"})


# Another contract


def test_a_portals_token_is_not_for_tm_forum(telco):  # noqa: F811
    """With it every account's stored card could be charged."""
    api = bearer(bimetri_token(program("billing.add_payment", "billing.view_payment")))
    for answer in (api.get(f"{PLAIN}/payment?limit=1"), api.post(f"{PLAIN}/payment", telco.sample())):
        assert (answer.status_code, answer.json()["@type"]) == (401, "Error")
    assert not Payment.objects.exists()


def test_a_portals_token_is_not_for_naviga(db):
    tenant = TenantFactory()
    headers = {
        "Authorization": f"Bearer {bimetri_token(program('billing.view_paymentmethod'))}",
        "X-SourceSystem": SourceSystemFactory().code,
        "X-MediaGroupCode": tenant.media_group_code,
        "X-ClientCode": tenant.client_code,
        "X-PaperCode": tenant.paper_code,
    }
    answer = APIClient(headers=headers).get("/Billing/PaymentMethods/1")
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid authorization."})


def test_a_portals_key_of_the_native_api_is_not_for_tm_forum(telco):  # noqa: F811
    api = native_key(program("billing.add_payment", "billing.view_payment"))
    assert api.get(f"{PLAIN}/payment?limit=1").status_code == 401


def test_a_site_of_naviga_gets_no_token_for_bimetri(db):
    user = program("billing.add_payment", contracts=["naviga"])
    answer = bearer(bimetri_token(user)).post("/api/payment/add", SAMPLE, format="json")
    assert (answer.status_code, answer.json()["error"]) == (401, "UnauthorizedException")


def test_a_token_ends_with_the_contract_of_its_user(telco):  # noqa: F811
    user = program("billing.view_payment", contracts=["tmf"])
    api = bearer(bimetri_token(user))
    assert api.get(f"{PLAIN}/payment?limit=1").status_code == 200
    Access.objects.update(contracts=["bimetri"])
    assert api.get(f"{PLAIN}/payment?limit=1").status_code == 401


def test_a_token_without_an_audience_is_worth_no_more(telco):  # noqa: F811
    token = AccessToken.for_user(program("billing.view_payment"))
    assert bearer(token).get(f"{PLAIN}/payment?limit=1").status_code == 401


def test_an_audience_that_was_written_in_is_not_believed(telco):  # noqa: F811
    """Signed with another key."""
    token = AccessToken.for_user(program("billing.view_payment"))
    token["aud"] = ["tmf"]
    head, body, _signature = str(token).split(".")
    assert bearer(f"{head}.{body}.AAAA").get(f"{PLAIN}/payment?limit=1").status_code == 401


def test_people_of_the_desk_and_assigned_programs_keep_working(telco):  # noqa: F811
    person = UserFactory(role="Finance")
    assert bearer(bimetri_token(person)).get(f"{PLAIN}/payment?limit=1").status_code == 200
    user = program("billing.view_payment", contracts=["bimetri", "tmf"])
    assert bearer(bimetri_token(user)).get(f"{PLAIN}/payment?limit=1").status_code == 200


# Money received outside


@pytest.mark.parametrize("kind", ["Cash", "Check", "cash"])
def test_the_right_to_pay_marks_no_bill_paid_by_cash(telco, kind):  # noqa: F811
    user = program("billing.add_payment", contracts=["tmf"])
    body = telco.cash()
    body["paymentMethod"]["@type"] = kind
    answer = bearer(bimetri_token(user)).post(f"{PLAIN}/payment", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "50")
    assert not Payment.objects.exists()


def test_a_program_needs_the_scope_for_it(telco):  # noqa: F811
    def pay(scopes):
        client, secret = create_client(name="CRM", scopes=scopes)
        grant = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
        token = Client().post("/oauth/token", grant).json()["access_token"]
        return bearer(token).post(f"{PLAIN}/payment", telco.cash())

    assert pay(["read", "pay", "refund", "hub"]).status_code == 403
    assert pay(["record"]).status_code == 201


def test_the_right_to_record_cash_charges_no_card(telco):  # noqa: F811
    user = program("billing.record_payment", contracts=["tmf"])
    api = bearer(bimetri_token(user))
    assert api.post(f"{PLAIN}/payment", telco.sample()).status_code == 403
    assert rows(api.post(f"{PLAIN}/payment", telco.cash()))["status"]


# Another channel or tenant


@pytest.fixture
def elsewhere(db):
    return ChannelFactory()


ALL = (
    "billing.add_payment",
    "billing.view_payment",
    "billing.record_payment",
    "billing.view_bill",
    "billing.refund_payment",
)


def test_a_portal_pays_and_reads_no_other_channels_bills(elsewhere):
    shop = make_portal_shop()
    api = bearer(bimetri_token(program(*ALL, channels=[elsewhere.pk])))
    answer = api.post("/api/payment/add", SAMPLE, format="json")
    assert (answer.status_code, answer.json()["error"]) == (404, "SubscriptionNotFoundException")
    stored = {"subscriptionId": 458752, "bill": [54321]}
    assert api.post("/api/payment/add/registeredcard", stored, format="json").status_code == 404
    body = {"organizationId": shop.channel.pk, "subscriptionId": 458752}
    headers = {"OrganizationId": str(shop.channel.pk)}
    for path in ("bill", "bill/information"):
        answer = api.post(f"/api/subscription/{path}", body, format="json", headers=headers)
        assert answer.status_code == 404


def test_a_portal_is_told_of_its_own_channels_only(elsewhere):
    make_portal_shop()
    user = program(channels=[elsewhere.pk])
    body = {"screenName": user.username, "password": PASSWORD, "rememberMe": False}
    answer = APIClient().post("/api/auth/login", body, format="json")
    assert answer.json()["organizationIds"] == [elsewhere.pk]


def test_tm_forum_shows_charges_and_refunds_nothing_of_another_channel(telco, elsewhere):  # noqa: F811
    admin = bearer(bimetri_token(UserFactory(is_superuser=True)))
    payment = rows(admin.post(f"{PLAIN}/payment", telco.cash()))
    api = bearer(bimetri_token(program(*ALL, contracts=["tmf"], channels=[elsewhere.pk])))
    assert rows(api.get(f"{PLAIN}/payment")) == []
    assert api.get(f"{PLAIN}/payment/{payment['id']}").status_code == 404
    assert rows(api.get("/brm/paymentMethods/v1/paymentMethod")) == []
    account = telco.account.account_number
    assert api.get(f"/brm/paymentMethods/v1/accounts/{account}/paymentMethods").status_code == 404
    for body in (telco.cash(), telco.sample()):
        answer = api.post(f"{PLAIN}/payment", body)
        assert (answer.status_code, Payment.objects.count()) == (400, 1)
    refund = {**telco.cash(), "payment": {"id": payment["id"]}}
    assert api.post(f"{PLAIN}/refund", refund).status_code == 400
    share = {
        "paymentId": payment["id"],
        "bill": [{"id": "1", "allocatedAmount": {"unit": "USD", "value": 1}}],
    }
    assert api.post(f"{PLAIN}/paymentAllocation", share).status_code in (400, 404)


def test_an_oauth_client_is_limited_like_its_user(telco, elsewhere):  # noqa: F811
    client, secret = create_client(name="CRM", scopes=["read", "record"])
    Access.objects.create(user=client.user, channels=[elsewhere.pk])
    grant = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
    api = bearer(Client().post("/oauth/token", grant).json()["access_token"])
    assert api.post(f"{PLAIN}/payment", telco.cash()).status_code == 400
    assert rows(api.get(f"{PLAIN}/payment")) == []


def test_naviga_takes_the_tenant_from_the_user_too(db):
    """The three codes are headers that anybody can write."""
    own, other = TenantFactory(), TenantFactory()
    SubscriptionFactory(number=20, tenant=other)
    user = program(
        "billing.add_paymentmethod", "billing.view_paymentmethod", contracts=["naviga"], tenants=[own.pk]
    )
    headers = {
        "Authorization": f"Bearer {bimetri_token(user)}",
        "X-SourceSystem": SourceSystemFactory().code,
        "X-MediaGroupCode": other.media_group_code,
        "X-ClientCode": other.client_code,
        "X-PaperCode": other.paper_code,
    }
    answer = APIClient(headers=headers).get("/Billing/20/PaymentMethods/1")
    assert answer.status_code == 400
    assert answer.json()["Result"] is None


def test_the_native_api_shows_and_writes_nothing_of_another_channel(elsewhere):
    bill = BillFactory()
    bank = BankFactory()
    user = UserFactory(role="Operator")
    Access.objects.create(user=user, channels=[elsewhere.pk])
    api = native_key(user)
    for path in (
        "channels",
        "banks",
        "accounts",
        "subscriptions",
        "bills",
        "payments",
        "refunds",
        "payment_methods",
    ):
        pks = [row["pk"] for row in api.get(f"/api/v1/{path}/").json()["results"]]
        assert pks == ([elsewhere.pk] if path == "channels" else []), path
    assert api.get(f"/api/v1/bills/{bill.pk}/").status_code == 404
    assert api.patch(f"/api/v1/banks/{bank.pk}/", {"name": "x"}).status_code == 404
    made = api.post("/api/v1/banks/", {"name": "x", "slug": "x", "channel": bank.channel_id})
    assert (made.status_code, list(made.json())) == (400, ["channel"])
    account = AccountFactory()
    answer = api.post("/api/v1/subscriptions/", {"account": account.pk}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["account"])
    assert api.post("/api/v1/channels/", {"name": "x", "slug": "x"}).status_code == 403
    assert api.post(f"/api/v1/banks/bulk_create/?channel_id={bank.channel_id}").status_code == 400


def test_every_model_of_the_apis_leads_to_a_channel_or_belongs_to_none():
    from config.kit.identity.access import channel_path
    from config.urls import billing_router, payments_router

    views = [view for router in (payments_router, billing_router) for _prefix, view, _name in router.registry]
    without = {view.queryset.model.__name__ for view in views if not channel_path(view.queryset.model)}
    assert without == {"BankDay", "ImportJob", "SourceSystem", "Tenant"}  # an import is its user's alone
