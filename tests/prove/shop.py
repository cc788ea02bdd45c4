"""The shop of the proof: two channels with a POS for every bank and 3-D model, customers with bills in three
currencies, stored cards, clerks, a portal, a telco's client and its listeners.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from billing.models import Account, Bill, ExchangeRate, Subscription
from billing.services.api_client import create_client
from payments.models import Channel
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
from vault import services as vault

PASSWORD = "correct horse battery"
PORTAL = "portal"
CLERKS = ("clerk-1", "clerk-2", "clerk-3")
"""Each may ask for refunds, and approve those of the others."""
REFUND_LIMIT = Decimal(1500)
"""In TRY: some single refunds are above it, and sums of small ones."""
RATES = {"TRY": Decimal(1), "USD": Decimal(40), "EUR": Decimal(45)}
"""In TRY."""
INSTALLMENTS = 3
METHOD = "card on file"
SCOPES = ("read", "pay", "record", "refund", "hub")
CHANNELS = {"prove": {}, "prove-late": {"late_payments": "refund"}}
"""Slug → conf: the second channel refunds what the bank takes late."""
STORING_BANK = "iyzico"


@dataclass(frozen=True)
class Route:
    """A card that leads to one bank and 3-D model."""

    bank: str
    number: str


@dataclass(frozen=True)
class Due:
    """Bills of one subscription."""

    account: int
    subscription: int
    currency: str
    bills: tuple[tuple[int, int, Decimal], ...]
    """Number, key and amount of each."""


@dataclass(frozen=True)
class Shop:
    routes: list[Route]
    dues: list[Due]
    portal: str
    client_id: str
    client_secret: str = field(repr=False)
    vault_keys: dict[str, str] = field(repr=False)
    """As the vault's headers."""


def open_shop(base_url: str, payments: int, random: Random) -> Shop:
    """Enough bills for `payments` payments, with payers fighting for each."""
    today = date.today()
    for currency, rate in RATES.items():
        if rate != 1:
            ExchangeRate.objects.create(currency=currency, into="TRY", rate=rate, valid_from=today)
    channels, routes = [], []
    for slug, conf in CHANNELS.items():
        channel = ChannelFactory(slug=slug, conf={"refund_limit": str(REFUND_LIMIT), **conf})
        channels.append(channel)
        routes = list(_open_routes(channel, base_url))
    accounts = _open_accounts(channels, max(6, payments // 20))
    for name in CLERKS:
        UserFactory(username=name, is_superuser=True)
    UserFactory(username=PORTAL, is_superuser=True)
    client, secret = create_client(name="telco", scopes=SCOPES)
    keys = vault.keys.issue(merchant=vault.merchants.create(name="merchant"))
    return Shop(
        routes=routes,
        dues=_issue_bills(accounts, payments * 2, random),
        portal=PORTAL,
        client_id=client.client_id,
        client_secret=secret,
        vault_keys={"apikeyprivate": keys.private, "apiclientprivate": keys.client},
    )


def _open_routes(channel: Channel, base_url: str) -> Iterator[Route]:
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
            for currency in RATES:
                if currency != channel.default_currency:
                    MultiCurrencyCardFactory(card=card, currency=currency, cash_payment=pos)
            InstallmentFactory(card=card, installment_count=INSTALLMENTS, interest_rate="2")
            BinNumberFactory(card=card, bin_number=model.good_card[:6])
            yield Route(bank, model.good_card)


def _open_accounts(channels: list[Channel], count: int) -> list[Account]:
    good = PROFILES[STORING_BANK].three_d_models[0].good_card
    accounts = []
    for index in range(count):
        account = Account.objects.create(
            channel=channels[index % len(channels)],
            account_number=f"prove-{index}",
            name="Ali Veli",
            email="a@example.com",
            phone="+905321234567",
            currency=list(RATES)[index // len(channels) % len(RATES)],
        )
        PaymentMethodFactory(
            account=account,
            external_id=METHOD,
            gateway=STORING_BANK,
            is_default=True,
            masked_card=f"{good[:6]}******{good[-4:]}",
        )
        accounts.append(account)
    return accounts


def _issue_bills(accounts: list[Account], count: int, random: Random) -> list[Due]:
    """One to three bills for each of `count` subscriptions."""
    day = date(2026, 11, 1)
    subscriptions = Subscription.objects.bulk_create(
        Subscription(account=accounts[index % len(accounts)], number=index + 1) for index in range(count)
    )
    bills: dict[int, list[Bill]] = {}
    number = 0
    for subscription in subscriptions:
        currency = subscription.account.currency
        for _ in range(random.choice((1, 1, 2, 3))):
            number += 1
            amount = Decimal(random.randint(100, 99999)) / 100 / RATES[currency]
            bill = Bill(
                number=number,
                subscription=subscription,
                amount=max(Decimal(1), amount.quantize(Decimal("0.01"))),
                currency=currency,
                issued_on=day,
                due_on=day,
            )
            bills.setdefault(subscription.number, []).append(bill)
    Bill.objects.bulk_create(bill for rows in bills.values() for bill in rows)
    return [
        Due(
            subscription.account_id,
            subscription.number,
            subscription.account.currency,
            tuple((bill.number, bill.pk, bill.amount) for bill in bills[subscription.number]),
        )
        for subscription in subscriptions
    ]
