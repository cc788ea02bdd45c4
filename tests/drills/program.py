"""The program's side of a drill: each call is a process of its own, as after a restart."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Program:
    def __init__(self, database_url: str) -> None:
        self._environment = {**os.environ, "DATABASE_URL": database_url, "LOG_LEVEL": "ERROR"}

    def manage(self, *arguments: str) -> None:
        self._run("manage.py", *arguments)

    def call(self, name: str, *arguments: object) -> str:
        """Of the functions below; its answer."""
        return self._run("-m", __name__, name, *map(str, arguments)).strip().rpartition("\n")[2]

    def start_import(self, card: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "manage.py", "import_bin_numbers", "-", "--card", card]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe
        )

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-W", "ignore", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout


def make_card() -> str:
    from tests.support.factories import CardFactory, ChannelFactory

    return str(CardFactory(channel=ChannelFactory(slug="drill")).pk)


def count_bins() -> str:
    from payments.models import BinNumber

    return str(BinNumber.objects.count())


def open_shop(base_url: str) -> str:
    from tests.support.factories import (
        AccountFactory,
        BinNumberFactory,
        CardFactory,
        ChannelFactory,
        PosFactory,
        SubscriptionFactory,
    )
    from tests.support.gateways import PROFILES

    profile = PROFILES["nestpay"]
    channel = ChannelFactory(slug="shop")
    model = profile.three_d_models[0]
    pos = PosFactory(
        channel=channel,
        gateway=profile.gateway.path,
        config={**profile.config, **model.config},
        resource_url=base_url + profile.api_path,
        three_d_resource_url=base_url + profile.three_d_path,
    )
    BinNumberFactory(card=CardFactory(channel=channel, cash_payment=pos), bin_number=model.good_card[:6])
    return str(SubscriptionFactory(account=AccountFactory(channel=channel)).pk)


def pay(base_url: str, count: str) -> str:
    from billing.models import Subscription
    from billing.services.charge import take_payment
    from billing.services.payment_request import request_for_bills
    from payments.gateways.types import CardData, Payer
    from tests.support.factories import BillFactory
    from tests.support.gateways import PROFILES

    subscription = Subscription.objects.get()
    number = PROFILES["nestpay"].three_d_models[0].good_card
    for index in range(int(count)):
        bill = BillFactory(subscription=subscription, amount=Decimal(100 + index))
        card = CardData(number=number, expiry_month=12, expiry_year=2040, cvc="123", holder="Ali Veli")
        request = request_for_bills(
            subscription=subscription,
            bill_numbers=[bill.number],
            instrument=card,
            payer=Payer(ip="127.0.0.1"),
        )
        state = take_payment(request).payment.state
        if state != "captured":
            raise SystemExit(f"The payment is {state}.")
    return count


def compare(base_url: str) -> str:
    """Ours and the bank's books, order by order."""
    import json
    import urllib.request

    from billing.models import Payment

    with urllib.request.urlopen(f"{base_url}/control/books") as answer:
        theirs = {row["order_id"]: row["captured_minor"] for row in json.load(answer)}
    ours = {
        order: int(amount * 100)
        for order, amount in Payment.objects.values_list("order_id", "captured_amount")
        if amount
    }
    if ours == theirs:
        return "agree"
    lost = {order for order in theirs if order not in ours}
    if {order: theirs[order] for order in theirs if order not in lost} == ours:
        return f"{len(lost)} at the bank only"
    return f"ours {ours}, theirs {theirs}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print(globals()[sys.argv[1]](*sys.argv[2:]))
