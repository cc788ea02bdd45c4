"""A shop whose cards are charged at two banks of the simulator: one may hang, the other must not notice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.contracts.bimetri.auth import issue_token
from billing.models import Bill
from payments.models import BinNumber
from tests.support.bank.client import BankProcess
from tests.support.factories import (
    BinNumberFactory,
    CardFactory,
    ChannelFactory,
    PosFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.gateways import PROFILES

HUNG, HEALTHY = "nestpay", "garanti"


@dataclass(frozen=True)
class TwoBanks:
    headers: dict[str, str]
    subscription: int
    bills: list[int]

    def body(self, bank: str, bill: int) -> dict[str, Any]:
        """Of Bimetri's `POST /api/payment/add`."""
        card = PROFILES[bank].good_card
        return {
            "CardExpireMonth": "12", "CardExpireYear": "2040", "CardNumber": card.number, "CardOwnerName": "Ali Veli",
            "Cvc": card.cvc or "000", "Installment": 1, "bill": [bill], "phoneNumber": "5321234567",
            "subscriptionId": self.subscription, "threeD": 0,
        }  # fmt: skip


def make_two_banks(simulator: BankProcess, bills: int) -> TwoBanks:
    """One subscription with so many bills."""
    channel = ChannelFactory()
    for name in (HUNG, HEALTHY):
        profile = PROFILES[name]
        pos = PosFactory(
            channel=channel,
            gateway=profile.gateway.path,
            config=profile.config,
            resource_url=simulator.base_url + profile.api_path,
            three_d_resource_url=simulator.base_url + profile.three_d_path,
        )
        card = CardFactory(channel=channel, cash_payment=pos)
        if not BinNumber.objects.filter(channel=channel, bin_number=profile.good_card.number[:6]).exists():
            BinNumberFactory(card=card, bin_number=profile.good_card.number[:6])
    subscription = SubscriptionFactory(account__channel=channel)
    day = date(2026, 11, 1)
    rows = [
        Bill(
            subscription=subscription,
            number=index,
            amount=Decimal(10),
            currency="TRY",
            issued_on=day,
            due_on=day,
        )
        for index in range(1, bills + 1)
    ]
    Bill.objects.bulk_create(rows)
    token = issue_token(UserFactory(is_superuser=True), remember=False)
    return TwoBanks({"Authorization": f"Bearer {token}"}, subscription.number, [row.number for row in rows])
