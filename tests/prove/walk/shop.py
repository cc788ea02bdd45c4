"""Who and what is there to walk with: a POS for every bank and 3-D model, two accounts, three people."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User

from billing.models import Account, Bill, PaymentMethod, Subscription
from config.kit.lib.card_numbers import mask_pan
from payments.models import POS
from tests.support.factories import (
    BinNumberFactory,
    CardFactory,
    ChannelFactory,
    InstallmentFactory,
    MultiCurrencyCardFactory,
    PaymentMethodFactory,
    PosFactory,
    UserFactory,
)
from tests.support.gateways import BANKS, PROFILES

BANK_URL = "http://bank.test"
OTHER_BANK_URL = "http://other-bank.test"
REFUND_LIMIT = Decimal(80)
AMOUNTS = {"TRY": ("120.00", "45.50", "60.00"), "USD": ("75.25", "30.00")}
INSTALLMENTS = 3


@dataclass(frozen=True)
class Route:
    """A card that leads to one bank and 3-D model."""

    bank: str
    number: str
    completes: bool


@dataclass
class Shop:
    routes: list[Route]
    subscriptions: dict[str, Subscription]
    users: list[User]
    pos: list[int]
    stored_cards: dict[str, PaymentMethod]
    """By currency of the account."""
    bills: list[Bill] = field(default_factory=list)

    def open_for_a_walk(self) -> None:
        """New bills, and every POS at its first address."""
        for pos in POS.objects.filter(resource_url__startswith=OTHER_BANK_URL):
            pos.resource_url = pos.resource_url.replace(OTHER_BANK_URL, BANK_URL)
            pos.three_d_resource_url = (pos.three_d_resource_url or "").replace(OTHER_BANK_URL, BANK_URL)
            pos.save()
        wanted = ((currency, amount) for currency, amounts in AMOUNTS.items() for amount in amounts)
        self.bills = [
            Bill(
                subscription=self.subscriptions[currency],
                number=number,
                amount=Decimal(amount),
                currency=currency,
                issued_on=date(2026, 11, 1),
                due_on=date(2026, 11, 30),
            )
            for number, (currency, amount) in enumerate(wanted, 1)
        ]
        Bill.objects.bulk_create(self.bills)


_open: list[Shop] = []


def find_shop() -> Shop | None:
    """The one that this process has opened."""
    return _open[0] if _open and User.objects.filter(pk=_open[0].users[0].pk).exists() else None


def open_shop() -> Shop:
    channel = ChannelFactory(slug="walk", conf={"refund_limit": str(REFUND_LIMIT)})
    routes, all_pos = [], []
    for bank in BANKS:
        profile = PROFILES[bank]
        for model in profile.three_d_models:
            pos = PosFactory(
                channel=channel,
                gateway=profile.gateway.path,
                config={**profile.config, **model.config},
                resource_url=(BANK_URL + profile.api_path),
                three_d_resource_url=BANK_URL + profile.three_d_path,
            )
            all_pos.append(pos.pk)
            card = CardFactory(channel=channel, cash_payment=pos)
            MultiCurrencyCardFactory(card=card, currency="USD", cash_payment=pos)
            InstallmentFactory(card=card, installment_count=INSTALLMENTS, interest_rate="2")
            BinNumberFactory(card=card, bin_number=model.good_card[:6])
            routes.append(Route(bank, model.good_card, model.completes))
    subscriptions = {}
    for number, currency in enumerate(AMOUNTS, 1):
        account = Account.objects.create(
            channel=channel,
            account_number=f"walk-{currency}",
            name="Ali Veli",
            email="a@example.com",
            currency=currency,
        )
        subscriptions[currency] = Subscription.objects.create(account=account, number=number)
    stored_cards = {
        currency: PaymentMethodFactory(
            account=subscription.account,
            masked_card=mask_pan(PROFILES["iyzico"].three_d_models[0].good_card),
            brand="mastercard",
            gateway="iyzico",
            gateway_token=f"card-{currency}",
            gateway_customer_id=f"user-{currency}",
        )
        for currency, subscription in subscriptions.items()
    }
    users = [UserFactory(username=f"walker-{name}") for name in ("olivia", "finn", "ada")]
    _open[:] = [Shop(routes, subscriptions, users, all_pos, stored_cards)]
    return _open[0]
