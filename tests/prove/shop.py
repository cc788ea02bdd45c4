"""The shop of the proof: a POS for every bank and 3-D model, bills to pay, a portal and a clerk."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from billing.models import Account, Bill, Subscription
from tests.support.factories import BinNumberFactory, CardFactory, ChannelFactory, PosFactory, UserFactory
from tests.support.gateways import BANKS, PROFILES

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Route:
    """A card that leads to one bank and 3-D model."""

    bank: str
    number: str


@dataclass(frozen=True)
class Due:
    subscription: int
    bills: tuple[int, ...]


@dataclass(frozen=True)
class Shop:
    routes: list[Route]
    dues: list[Due]
    user: str


def open_shop(base_url: str, payments: int, random: Random) -> Shop:
    """Enough bills for `payments` payments, with payers fighting for each."""
    channel = ChannelFactory(slug="prove")
    routes = []
    for bank in BANKS:
        profile = PROFILES[bank]
        for model in profile.three_d_models:
            pos = PosFactory(
                channel=channel,
                gateway=profile.gateway.path,
                config={**profile.config, **model.config},
                resource_url=base_url + profile.api_path,
                three_d_resource_url=base_url + profile.three_d_path,
            )
            card = CardFactory(channel=channel, cash_payment=pos)
            BinNumberFactory(card=card, bin_number=model.good_card[:6])
            routes.append(Route(bank, model.good_card))
    account = Account.objects.create(
        channel=channel, account_number="prove", name="Ali Veli", email="a@example.com"
    )
    dues, number = [], 0
    for index in range(1, payments * 2 + 1):
        subscription = Subscription.objects.create(account=account, number=index)
        numbers = []
        for _ in range(random.choice((1, 1, 2, 3))):
            number += 1
            numbers.append(number)
            Bill.objects.create(
                number=number,
                subscription=subscription,
                amount=Decimal(random.randint(100, 99999)) / 100,
                issued_on=date(2026, 11, 1),
                due_on=date(2026, 11, 30),
            )
        dues.append(Due(index, tuple(numbers)))
    user = UserFactory(username="portal", is_superuser=True)
    return Shop(routes, dues, user.username)
