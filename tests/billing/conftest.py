"""A shop with a payer: POS on dummypay, a card that routes to it, an account with two open bills."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from billing.models import Account, Bill, Subscription
from billing.services.charge import PaymentResult, take_payment
from billing.services.payment_request import request_for_bills
from payments.gateways.types import CardData, Payer
from payments.models import POS, Channel
from tests.support.factories import (
    BinNumberFactory,
    CardFactory,
    ChannelFactory,
    InstallmentFactory,
    PosFactory,
)

GOOD_CARD = "4111111111111111"


@dataclass
class Shop:
    channel: Channel
    pos: POS
    subscription: Subscription
    bills: list[Bill]

    def charge(self, number: str = GOOD_CARD, **more) -> PaymentResult:
        """Pay all bills, as a contract would."""
        card = CardData(number=number, expiry_month=12, expiry_year=2040, cvc="123", holder="Ali Veli")
        arguments = {
            "subscription": self.subscription,
            "bill_numbers": [bill.number for bill in self.bills],
            "instrument": card,
            "payer": Payer(ip="127.0.0.1"),
        }
        return take_payment(request_for_bills(**{**arguments, **more}))


def make_shop(amounts: tuple[str, ...] = ("125.50", "89.90"), first_number: int = 54321, **pos) -> Shop:
    channel = ChannelFactory()
    pos = PosFactory(channel=channel, **{"config": {"three_d_enabled": True}, **pos})
    card = CardFactory(channel=channel, cash_payment=pos)
    for number in ("411111", "435508", "557113", "428220", "552879"):
        BinNumberFactory(card=card, bin_number=number)
    InstallmentFactory(card=card, installment_count=3, interest_rate="2")
    account = Account.objects.create(channel=channel, account_number=f"A-{channel.pk}", name="Ali Veli")
    subscription = Subscription.objects.create(account=account, number=first_number)
    bills = [
        Bill.objects.create(
            number=first_number + index,
            subscription=subscription,
            amount=Decimal(amount),
            issued_on=date(2026, 11, 1),
            due_on=date(2026, 11, 30),
        )
        for index, amount in enumerate(amounts)
    ]
    return Shop(channel, pos, subscription, bills)


@pytest.fixture
def shop(transactional_db) -> Shop:
    return make_shop()
