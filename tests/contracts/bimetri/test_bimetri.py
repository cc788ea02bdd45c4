"""Bimetri's contract as a subscriber portal speaks it."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from rest_framework.test import APIClient

from billing.errors import BillAlreadyPaidError
from billing.models import Bill, Payment
from billing.services.charge import take_payment
from billing.services.charge_plan import plan_card_charge
from billing.services.payment_request import request_for_bills
from billing.services.reservation import reserve
from payments.gateways.types import CardData
from tests.contracts.bimetri.conftest import add
from tests.support.factories import PaymentMethodFactory, UserFactory

SUCCESS = {"code": "200", "reason": "Success", "message": "Payment Success", "status": "ok"}


def test_login_answers_as_decided(shop):
    user = UserFactory(email="portal@example.com")
    user.groups.add(Group.objects.create(name="Portal"))
    body = {"screenName": user.username, "password": "correct horse battery", "rememberMe": True}
    answer = APIClient().post("/api/auth/login", body, format="json")
    assert answer.status_code == 200
    data = answer.json()
    assert list(data) == [
        "token", "userId", "emailAddress", "screenName", "localeId", "roles", "organizations", "organizationIds",
    ]  # fmt: skip
    assert data["roles"] == ["Portal"]
    assert data["organizationIds"] == [shop.channel.pk]


@pytest.mark.parametrize(("remember", "days"), [(False, 1), (True, 90)])
def test_a_token_lives_a_day_or_ninety(shop, remember, days):
    from rest_framework_simplejwt.tokens import AccessToken

    user = UserFactory()
    body = {"screenName": user.username, "password": "correct horse battery", "rememberMe": remember}
    token = AccessToken(APIClient().post("/api/auth/login", body, format="json").json()["token"])
    assert abs(token["exp"] - token["iat"] - days * 86400) < 5


def test_the_files_sample_pays_its_bills(portal, shop):
    answer = add(portal)
    assert answer.status_code == 200
    assert answer.json() == SUCCESS
    assert set(Bill.objects.values_list("status", flat=True)) == {"paid"}


def test_three_d_answers_the_page_that_posts_to_the_bank(portal, shop):
    answer = add(portal, threeD=1, CardNumber="4111111111111111")
    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == ["code", "reason", "message", "status"]
    assert (body["code"], body["reason"], body["status"]) == ("201", "3D Secure", "ok")
    assert body["message"].startswith("<!DOCTYPE html>")
    assert 'action="http' in body["message"]
    assert set(Bill.objects.values_list("status", flat=True)) == {"open"}


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"CardExpireMonth": "13"}, 400, "BadRequestException"),
        ({"CardExpireMonth": "2"}, 400, "BadRequestException"),
        ({"CardExpireYear": "40"}, 400, "BadRequestException"),
        ({"CardExpireYear": "2021"}, 400, "BadRequestException"),
        ({"CardNumber": "12323434545"}, 400, "BadRequestException"),
        ({"CardNumber": "4111111111111112"}, 400, "BadRequestException"),
        ({"CardNumber": "41111111111111111111"}, 400, "BadRequestException"),
        ({"CardOwnerName": "Ali"}, 400, "BadRequestException"),
        ({"CardOwnerName": "x" * 101}, 400, "BadRequestException"),
        ({"Cvc": "12"}, 400, "BadRequestException"),
        ({"Cvc": "12345"}, 400, "BadRequestException"),
        ({"phoneNumber": "0532123456"}, 400, "BadRequestException"),
        ({"phoneNumber": "532123456"}, 400, "BadRequestException"),
        ({"bill": []}, 400, "BadRequestException"),
        ({"bill": [54321, 54321]}, 400, "BadRequestException"),
        ({"bill": [2**31]}, 400, "BadRequestException"),
        ({"bill": ...}, 400, "BadRequestException"),
        ({"threeD": 2}, 400, "BadRequestException"),
        ({"subscriptionId": ...}, 400, "BadRequestException"),
        ({"subscriptionId": 1}, 404, "SubscriptionNotFoundException"),
        ({"bill": [999]}, 404, "BillNotFoundException"),
        ({"Installment": 5}, 400, "NoRouteException"),
        ({"CardNumber": "4111111111111020"}, 400, "PaymentDeclinedException"),
        ({"CardNumber": "4111111111111079"}, 500, "GatewayUnavailableException"),
        ({"CardNumber": "4111111111111046"}, 500, "PaymentUncertainException"),
    ],
)
def test_every_failure_has_the_contracts_body(portal, change, status, error):
    answer = add(portal, **change)
    assert answer.status_code == status
    body = answer.json()
    assert list(body) == ["statusCode", "error", "message", "path"]
    assert (body["statusCode"], body["error"], body["path"]) == (status, error, "/api/payment/add")
    assert body["message"]
    assert str(change.get("CardNumber")) not in body["message"]


def test_a_paid_bill_and_a_bill_in_progress_are_told_apart(portal, shop):
    assert add(portal, bill=[54321]).status_code == 200
    assert add(portal, bill=[54321]).json()["error"] == "BillAlreadyPaidException"
    assert add(portal, bill=[123123], CardNumber="4111111111111046").status_code == 500
    assert add(portal, bill=[123123]).json()["error"] == "BillPaymentInProgressException"


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x.y.z", "Token abc", "Bearer ÿ"])
@pytest.mark.parametrize(
    "path", ["/api/payment/add", "/api/subscription/bill", "/api/payment/add/registeredcard"]
)
def test_no_or_a_bad_token_is_401_in_the_error_model(header, path, db):
    answer = Client().post(
        path, "{}", content_type="application/json", headers={"Authorization": header} if header else {}
    )
    assert answer.status_code == 401
    assert answer.json()["error"] == "UnauthorizedException"
    assert answer.json()["path"] == path


def test_a_user_who_may_not_pay_is_401_because_403_is_not_used(shop):
    client = APIClient()
    client.force_authenticate(UserFactory())
    assert add(client).status_code == 401
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status"),
    [
        ("POST", "/api/payment/add", "{", "application/json", 400),
        ("POST", "/api/payment/add", "[]", "application/json", 400),
        ("POST", "/api/payment/add", "a=b", "application/x-www-form-urlencoded", 415),
        ("GET", "/api/payment/add", "", "application/json", 405),
        ("POST", "/api/payment/nothing", "{}", "application/json", 404),
        ("GET", "/api/subscription/x/y", "", "application/json", 404),
    ],
)
def test_broken_requests_have_the_contracts_body_too(portal, method, path, body, content_type, status):
    answer = portal.generic(method, path, body, content_type=content_type)
    assert answer.status_code == status
    assert list(answer.json()) == ["statusCode", "error", "message", "path"]


def test_bills_of_a_subscription(portal, shop):
    add(portal, bill=[54321])
    headers = {"OrganizationId": str(shop.channel.pk)}
    body = {"organizationId": shop.channel.pk, "subscriptionId": 458752, "monthFilter": 24}
    rows = portal.post("/api/subscription/bill", body, format="json", headers=headers).json()
    by_number = {row["id"]: row for row in rows}
    assert set(by_number) == {"54321", "123123"}
    assert list(rows[0]) == [
        "id",
        "href",
        "billDate",
        "billNo",
        "paymentDueDate",
        "paymentDate",
        "amountDue",
        "state",
    ]
    assert by_number["54321"]["state"] == "paid"
    assert by_number["54321"]["amountDue"] == {"unit": "TL", "value": 125.5}
    assert by_number["123123"]["state"] == "open"
    assert by_number["123123"]["paymentDate"] is None
    one = portal.post(
        "/api/subscription/bill", {**body, "billId": 54321}, format="json", headers=headers
    ).json()
    assert [row["id"] for row in one] == ["54321"]


def test_balances_of_a_subscription(portal, shop):
    add(portal, bill=[54321])
    headers = {"OrganizationId": str(shop.channel.pk)}
    body = {"organizationId": shop.channel.pk, "subscriptionId": 458752}
    rows = portal.post("/api/subscription/bill/information", body, format="json", headers=headers).json()
    amounts = {row["balanceType"]: row["amount"] for row in rows}
    assert list(amounts) == ["TotalAmount", "TotalPaidAmount", "TotalCurrentAmount", "TotalRemainderAmount"]
    assert (amounts["TotalAmount"], amounts["TotalPaidAmount"]) == (215.4, 125.5)
    assert amounts["TotalRemainderAmount"] == 89.9


def test_another_organizations_subscription_is_not_found(portal, shop):
    body = {"organizationId": 999, "subscriptionId": 458752}
    answer = portal.post("/api/subscription/bill", body, format="json", headers={"OrganizationId": "999"})
    assert answer.json()["error"] == "SubscriptionNotFoundException"
    answer = portal.post("/api/subscription/bill", body, format="json", headers={"OrganizationId": "1"})
    assert answer.json()["error"] == "BadRequestException"


def pay_registered(client, **change):
    body = {"subscriptionId": 458752, "bill": [54321, 123123], **change}
    return client.post("/api/payment/add/registeredcard", body, format="json")


def test_the_registered_card_pays(portal, shop):
    method = PaymentMethodFactory(account=shop.subscription.account)
    answer = pay_registered(portal)
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    payment = Payment.objects.get()
    assert (payment.payment_method, payment.source, payment.masked_card) == (
        method,
        "bimetri",
        "411111******1111",
    )
    assert set(Bill.objects.values_list("status", flat=True)) == {"paid"}
    assert pay_registered(portal, bill=[54321]).json()["error"] == "BillAlreadyPaidException"


@pytest.mark.parametrize(
    ("method", "change", "status", "error"),
    [
        (None, {}, 400, "BadRequestException"),
        ({"expiry_year": 2020}, {}, 400, "BadRequestException"),
        ({"gateway_token": None}, {}, 400, "BadRequestException"),  # it is not the account's default
        ({"gateway": "gpay"}, {}, 400, "NoRouteException"),
        ({"kind": 5}, {}, 400, "BadRequestException"),
        ({}, {"installment": 5}, 400, "NoRouteException"),
        ({}, {"bill": [54321, 54321]}, 400, "BadRequestException"),
        ({}, {"bill": [999]}, 404, "BillNotFoundException"),
        ({}, {"subscriptionId": 1}, 404, "SubscriptionNotFoundException"),
        ({"masked_card": "411111******1020"}, {}, 400, "PaymentDeclinedException"),
        ({"masked_card": "411111******1079"}, {}, 500, "GatewayUnavailableException"),
        ({"masked_card": "411111******1046"}, {}, 500, "PaymentUncertainException"),
    ],
)
def test_what_the_registered_card_cannot_pay(portal, shop, method, change, status, error):
    if method is not None:
        PaymentMethodFactory(account=shop.subscription.account, **method)
    answer = pay_registered(portal, **change)
    assert answer.status_code == status, answer.json()
    body = answer.json()
    assert list(body) == ["statusCode", "error", "message", "path"]
    assert (body["error"], body["path"]) == (error, "/api/payment/add/registeredcard")
    assert body["message"]
    tried = ("PaymentDeclinedException", "GatewayUnavailableException", "PaymentUncertainException")
    assert Payment.objects.exists() == (error in tried)


def test_a_bill_paid_between_look_and_reserve_is_not_charged_again(shop):
    card = CardData(number="4111111111111111", expiry_month=12, expiry_year=2040, cvc="123")
    wanted = request_for_bills(subscription=shop.subscription, bill_numbers=[54321, 123123], instrument=card)
    (plan,) = plan_card_charge(wanted, card)
    take_payment(wanted)  # somebody else, meanwhile
    with pytest.raises(BillAlreadyPaidError):
        reserve(wanted, plan)
    assert Payment.objects.count() == 1
