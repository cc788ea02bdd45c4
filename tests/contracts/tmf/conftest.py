"""A telco's account: kept in dollars, with two bills and the stored card of BRM's sample."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from billing import services
from billing.models import Account, Bill, ExchangeRate, PaymentMethod
from payments.models import POS, Channel
from tests.conftest import client_of
from tests.support.factories import (
    AccountFactory,
    BillFactory,
    ChannelFactory,
    PosFactory,
    SubscriptionFactory,
    UserFactory,
)

BRM, PLAIN, TMF = "/brm/payment/v4", "/payment/v4", "/tmf-api/paymentManagement/v4"
BASES = (BRM, PLAIN, TMF)


@dataclass
class Telco:
    channel: Channel
    pos: POS
    account: Account
    method: PaymentMethod
    bills: list[Bill]

    @property
    def account_id(self) -> str:
        return f"0.0.0.1+-account+{self.account.pk}"

    def sample(self, value: Any = 10, **change: Any) -> dict[str, Any]:
        """The body of BRM's page; `...` leaves a key out."""
        body = {
            "@type": "Payment_Create",
            "account": {"id": self.account_id},
            "paymentMethod": {"id": "Test123XYZ", "@referredType": "bankCard", "@type": "PaymentMethodRef"},
            "totalAmount": {"value": value, "unit": "USD"},
            "description": "New Payment",
        } | change
        return {name: part for name, part in body.items() if part is not ...}

    def cash(self, value: Any = 10, **change: Any) -> dict[str, Any]:
        return self.sample(value, **{"paymentMethod": {"id": "till 7", "@type": "Cash"}, **change})

    def item(self, index: int, value: Any) -> dict[str, Any]:
        return {
            "item": {"id": f"0.0.0.1+-bill+{self.bills[index].pk}"},
            "totalAmount": {"unit": "USD", "value": value},
        }


def make_telco(amounts: tuple[str, ...] = ("30", "20"), first_number: int = 848081) -> Telco:
    channel = ChannelFactory()
    ExchangeRate.objects.create(currency="USD", into="TRY", rate=1, valid_from=date(2026, 1, 1))
    pos = PosFactory(channel=channel)
    account = AccountFactory(channel=channel, name="Mary Irwin", currency="USD")
    method = add_method(account, external_id="Test123XYZ")
    subscription = SubscriptionFactory(account=account)
    bills = [
        BillFactory(
            subscription=subscription,
            number=first_number + index,
            amount=Decimal(amount),
            issued_on=date(2026, 1 + index, 1),
        )
        for index, amount in enumerate(amounts)
    ]
    return Telco(channel, pos, account, method, bills)


def add_method(account: Account, **fields: Any) -> PaymentMethod:
    return services.payment_methods.create(
        **{
            "account": account,
            "kind": 1,
            "holder_name": "Mary Irwin",
            "masked_card": "411111******1111",
            "brand": "visa",
            "expiry_month": 12,
            "expiry_year": 2099,
            "gateway": "dummypay",
            "gateway_token": "token",
            **fields,
        }
    )


@pytest.fixture
def telco(db) -> Telco:
    return make_telco()


def telco_client(username: str = "ada") -> APIClient:
    return client_of(UserFactory(username=username, is_superuser=True))


def rows(answer: Any) -> Any:
    """The body with exact numbers."""
    assert answer.status_code in (200, 201, 206), answer.getvalue()
    return json.loads(answer.getvalue(), parse_float=Decimal)
