"""The portal's world: the shop's bills under the numbers of the contract's sample."""

import pytest
from rest_framework.test import APIClient

from billing.models import Bill
from payments import services
from payments.models import Card
from tests.billing.conftest import Shop, make_shop
from tests.support.factories import UserFactory

SAMPLE = {
    "CardExpireMonth": "02",
    "CardExpireYear": "2040",
    "CardNumber": "123234345456",
    "CardOwnerName": "Ali Veli",
    "Cvc": "326",
    "Installment": 1,
    "bill": [54321, 123123],
    "phoneNumber": "5321234567",
    "subscriptionId": 458752,
    "threeD": 0,
}


def make_portal_shop() -> Shop:
    shop = make_shop()
    Bill.objects.filter(number=54322).update(number=123123)
    shop.subscription.number = 458752
    shop.subscription.save()
    services.channels.update(shop.channel, default_card=Card.objects.get(channel=shop.channel))
    return shop


def portal_client() -> APIClient:
    user = UserFactory(is_superuser=True)
    body = {"screenName": user.username, "password": "correct horse battery", "rememberMe": False}
    token = APIClient().post("/api/auth/login", body, format="json").json()["token"]
    return APIClient(headers={"Authorization": f"Bearer {token}"})


def add(client, **change):
    body = {**SAMPLE, **change}
    body = {name: value for name, value in body.items() if value is not ...}
    return client.post("/api/payment/add", body, format="json")


@pytest.fixture
def shop(db):
    return make_portal_shop()


@pytest.fixture
def portal(shop):
    return portal_client()
