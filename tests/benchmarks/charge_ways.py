"""One process of the charge benchmark: `charge_ways WAY FIRST COUNT BEGIN`, the recorded charge on standard input."""

import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

THREADS = 4
# Numbers that stand for nothing else in a statement, so that the recorded text can be filled with others.
BILL, SUBSCRIPTION, PAYMENT, ATTEMPT = 310_000_000, 320_000_000, 330_000_000, 340_000_000


def main() -> None:
    way, first, count, begin = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    recorded = json.load(sys.stdin)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    if way == "prepare":
        result = prepare(count)
    else:
        pay = bare(recorded) if way == "bare SQL" else charge
        if way == "without audit log":
            leave_out_the_audit_log()
        result = measure(pay, range(first + 1, first + 1 + count), begin)
    print(json.dumps(result))  # noqa: T201


def measure(pay: Callable[[int], float], turns: range, begin: float) -> dict[str, Any]:
    from django.db import connection

    all_there = Barrier(THREADS)

    def warm_up(_: int) -> None:
        connection.ensure_connection()
        all_there.wait()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(warm_up, range(THREADS)))
        time.sleep(max(0.0, begin - time.time()))
        started = time.perf_counter()
        own = list(pool.map(pay, turns))
        return {"elapsed": time.perf_counter() - started, "own": own}


def prepare(count: int) -> dict[str, Any]:
    """A shop on dummypay, `count` subscriptions with a bill each, and the recorded first charge."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from billing.models import Account, Bill, Subscription
    from tests.support.factories import BinNumberFactory, CardFactory, ChannelFactory, PosFactory

    with connection.cursor() as cursor:
        for table, start in (("billing_payment", PAYMENT), ("billing_paymentattempt", ATTEMPT)):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, start - 1])
    channel = ChannelFactory()
    card = CardFactory(channel=channel, cash_payment=PosFactory(channel=channel))
    BinNumberFactory(card=card, bin_number="411111")
    account = Account.objects.create(channel=channel, account_number="bench", name="Ali Veli")
    numbers = range(count + 1)
    Subscription.objects.bulk_create(
        Subscription(pk=SUBSCRIPTION + n, account=account, number=SUBSCRIPTION + n) for n in numbers
    )
    Bill.objects.bulk_create(
        Bill(pk=BILL + n, number=BILL + n, subscription_id=SUBSCRIPTION + n, amount="125.50",
             issued_on=date(2026, 11, 1), due_on=date(2026, 11, 30))
        for n in numbers
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return record()


def record() -> dict[str, Any]:
    from django.db import connection

    from billing.models import Payment

    connection.force_debug_cursor = True
    charge(0)
    statements = [query["sql"] for query in connection.queries_log]
    connection.force_debug_cursor = False
    order_id = Payment.objects.get(pk=PAYMENT).order_id
    return {"statements": statements, "order_id": order_id}


def charge(turn: int) -> float:
    """The seconds that are ours: all but the bank's call, which is dummypay's own answer here."""
    from billing.models import Subscription
    from billing.services.charge import take_payment
    from billing.services.payment_request import request_for_bills
    from payments.gateways.types import CardData

    started = time.perf_counter()
    subscription = Subscription.objects.select_related("account__channel").get(number=SUBSCRIPTION + turn)
    card = CardData(
        number="4111111111111111", expiry_month=12, expiry_year=2040, cvc="123", holder="Ali Veli"
    )
    wanted = request_for_bills(subscription=subscription, bill_numbers=[BILL + turn], instrument=card)
    charged = take_payment(wanted)
    assert charged.payment.state == "captured"
    return time.perf_counter() - started


def leave_out_the_audit_log() -> None:
    from billing.attempts import engine

    setattr(engine, "record", lambda *_args, **_told: None)  # noqa: B010  mypy knows its signature


def bare(recorded: dict[str, Any]) -> Callable[[int], float]:
    """The recorded statements for another bill: the same texts with its numbers in them."""
    import psycopg
    from psycopg_pool import ConnectionPool

    pool = ConnectionPool(
        os.environ["DATABASE_URL"], min_size=THREADS, max_size=THREADS, kwargs={"autocommit": True}, open=True
    )
    pool.wait()

    def pay(turn: int) -> float:
        started = time.perf_counter()
        known = {str(BILL): str(BILL + turn), str(SUBSCRIPTION): str(SUBSCRIPTION + turn),
                 recorded["order_id"]: secrets.token_hex(12)}  # fmt: skip
        with pool.connection() as connection:
            for text in recorded["statements"]:
                for old, new in known.items():
                    text = text.replace(old, new)
                rows = send(connection, text)
                for table, key in (("billing_payment", PAYMENT), ("billing_paymentattempt", ATTEMPT)):
                    if text.startswith(f'INSERT INTO "{table}" ') and rows:
                        known[str(key)] = str(rows[0][0])
        return time.perf_counter() - started

    def send(connection: psycopg.Connection[Any], text: str) -> list[Any]:
        cursor = connection.execute(text)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []

    return pay


if __name__ == "__main__":
    main()
