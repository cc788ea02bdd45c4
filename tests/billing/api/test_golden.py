"""The resources of what is owed, as a client sends and reads them."""

from pathlib import Path

import pytest

from billing.models import Subscription
from tests.billing.owed import reserve
from tests.support import golden
from tests.support.factories import AccountFactory, BillFactory, ChannelFactory, SubscriptionFactory

FILES = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.fixture
def world(channel):
    """Account 100 with two subscriptions and a bill that is being paid, account 200, and one that owes yen."""
    unified = ChannelFactory(name="Unified", slug="unified")
    billed = AccountFactory(channel=channel, account_number="100")
    foreign = AccountFactory(channel=channel, account_number="200")
    return {
        "channel": channel.pk,
        "unified": unified.pk,
        "billed": billed.pk,
        "foreign": foreign.pk,
        "subscription": SubscriptionFactory(account=billed, number=7).pk,
        "yen": SubscriptionFactory(account=AccountFactory(currency="JPY")).pk,
    }


def add_bill(world):
    return BillFactory(subscription_id=world["subscription"], number=123123, amount="89.90")


def add_paid_bill(world):
    world["paid"] = reserve(add_bill(world)).payment_bills.get().bill_id
    world["second"] = SubscriptionFactory(account_id=world["billed"]).pk


def name_yen(world):
    world["yen_number"] = Subscription.objects.get(pk=world["yen"]).number


PREPARE = {
    "accounts": add_bill,
    "subscriptions": add_bill,
    "bills": add_paid_bill,
    "payment_methods": name_yen,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_answers_as_promised(file, api, world):
    PREPARE.get(file.stem, lambda world: None)(world)
    golden.run(api, golden.load(file), world)
