"""The shop of the proof: POS at three banks and two 3-D models, bills to pay, a portal and a clerk."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from billing.models import Account, Bill, Subscription
from tests.payments.gateways.shops import GARANTI, NESTPAY, SHOPS
from tests.support.bank.cards import GOOD, GOOD_PAY_MODEL
from tests.support.factories import BinNumberFactory, CardFactory, ChannelFactory, PosFactory, UserFactory

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
    models = [
        ("nestpay", {**NESTPAY, "store_type": "3d"}, GOOD["nestpay"]),
        ("nestpay", {**NESTPAY, "store_type": "3d_pay"}, GOOD_PAY_MODEL["nestpay"]),
        ("garanti", {**GARANTI, "security_level": "3D"}, GOOD["garanti"]),
        ("garanti", {**GARANTI, "security_level": "3D_PAY"}, GOOD_PAY_MODEL["garanti"]),
        ("iyzico", SHOPS["iyzico"].config, GOOD["iyzico"]),
    ]
    routes = []
    for bank, config, number in models:
        kind = SHOPS[bank]
        pos = PosFactory(
            channel=channel,
            gateway=kind.gateway.path,
            config=config,
            resource_url=base_url + kind.api_path,
            three_d_resource_url=base_url + kind.three_d_path,
        )
        card = CardFactory(channel=channel, cash_payment=pos)
        BinNumberFactory(card=card, bin_number=number[:6])
        routes.append(Route(bank, number))
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
