"""One way to load a file of bills, in a process of its own: `-m tests.benchmarks.bill_ways WAY FILE SUBSCRIPTIONS`.

Prints seconds and the process's peak memory as JSON. Every way ends with a committed transaction.
"""

import csv
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection, transaction


def prepare(path: Path, subscriptions: int) -> Callable[[], None]:
    """Tables, one account for each ten subscriptions."""

    def run() -> None:
        call_command("migrate", verbosity=0)
        from tests.support.factories import ChannelFactory

        channel = ChannelFactory().pk
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO billing_account (account_number, name, email, phone, currency, channel_id, "
                "created_date, modified_date) SELECT 'A-' || n, 'Customer', '', '', 'TRY', %s, now(), now() "
                "FROM generate_series(0, %s / 10) AS n",
                [channel, subscriptions],
            )
            cursor.execute(
                "INSERT INTO billing_subscription (number, name, status, account_id, created_date, modified_date) "
                "SELECT n, '', 'active', account.id, now(), now() FROM generate_series(1, %s) AS n "
                "JOIN billing_account AS account ON account_number = 'A-' || n / 10",
                [subscriptions],
            )
            cursor.execute("ANALYZE billing_account, billing_subscription")

    return run


def empty(path: Path, subscriptions: int) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE billing_bill, billing_billevent CASCADE")
            cursor.execute("CHECKPOINT")

    return run


def plain_copy(path: Path, subscriptions: int) -> Callable[[], None]:
    """COPY of ready rows into the table with its indexes, keys, triggers and history: the least a load can cost."""
    from billing.models import Subscription

    keys = dict(Subscription.objects.values_list("number", "pk"))
    with path.open() as file:
        ready = "".join(
            f"{row['number']}\t{keys[int(row['subscription'])]}\t{row['amount']}\t{row['currency']}\t{row['issued_on']}\t"
            f"{row['due_on']}\t{row['description']}\t0\tnow\tnow\n"
            for row in csv.DictReader(file)
        ).encode()
    sql = (
        "COPY billing_bill (number, subscription_id, amount, currency, issued_on, due_on, description, paid_amount, "
        "created_date, modified_date) FROM STDIN"
    )

    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(ready)

    return run


def import_file(status: str) -> Callable[[Path, int], Callable[[], None]]:
    def way(path: Path, subscriptions: int) -> Callable[[], None]:
        from billing.importing.bills import import_bills

        def run() -> None:
            with path.open("rb") as file, import_bills(file=file) as report:
                assert report.counts[status] == report.total, report.counts  # noqa: S101

        return run

    return way


WAYS = {
    "prepare": prepare,
    "empty": empty,
    "plain COPY": plain_copy,
    "import": import_file("created"),
    "import again": import_file("exists"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    way, path, subscriptions = sys.argv[1:]
    run = WAYS[way](Path(path), int(subscriptions))
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    json.dump({"seconds": seconds, "peak_bytes": peak}, sys.stdout)


if __name__ == "__main__":
    main()
