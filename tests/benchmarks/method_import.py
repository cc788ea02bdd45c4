"""Payment methods from a file, each with a number and a token to encrypt, against one service call a method.

Settings: BENCH_METHODS (rows of the file; a twentieth of them is what the service is measured with).
"""

import io
import json
import os
import subprocess
import sys
import time

from tests.benchmarks.scratch import scratch_database

ROWS = int(os.environ.get("BENCH_METHODS", "100000"))
DATABASE = "benchmark_method_import"
LEAST = 5.0
"""So many times faster than the service, a row."""


def main() -> int:
    """0 where the promise holds."""
    with scratch_database(DATABASE) as url:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.method_import", "measure"],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DATABASE_URL": url},
        )
    seconds = json.loads(done.stdout)
    ratio = seconds["service"] / seconds["import"]
    print(  # noqa: T201
        f"{ROWS} payment methods of {ROWS} accounts, two secrets each, history on: "
        f"import {seconds['import'] * ROWS:.1f} s; "
        f"a method by import {seconds['import'] * 1e6:.0f} µs, by service {seconds['service'] * 1e6:.0f} µs, "
        f"ratio {ratio:.1f} (at least {LEAST:g})"
    )
    return int(ratio < LEAST)


def measure() -> None:
    """Prints the seconds a method takes either way."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from billing import services
    from billing.importing.payment_methods import import_payment_methods
    from billing.models import Account
    from tests.support.factories import ChannelFactory

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_account (account_number, name, email, phone, currency, channel_id, created_date, "
            "modified_date) SELECT 'A-' || n, 'Customer', '', '', 'TRY', %s, now(), now() "
            "FROM generate_series(1, %s) AS n",
            [ChannelFactory().pk, ROWS],
        )
        cursor.execute("ANALYZE billing_account")
    head = (
        "external_id,account_number,kind,holder_name,bank_name,bank_account_type,bank_account_number,"
        "bank_routing_number\n"
    )
    rows = (f"m{n},A-{n},2,Bruce Wayne,Gotham City Bank,1,{n:010d},3456324\n" for n in range(1, ROWS + 1))
    file = io.BytesIO((head + "".join(rows)).encode())
    start = time.perf_counter()
    with import_payment_methods(file=file) as report:
        assert report.counts["created"] == ROWS, report.counts
    loaded = (time.perf_counter() - start) / ROWS
    accounts = list(Account.objects.order_by("pk")[: max(1, ROWS // 20)])
    start = time.perf_counter()
    for account in accounts:
        services.payment_methods.create(
            account=account,
            kind=2,
            holder_name="Bruce Wayne",
            bank_name="Gotham City Bank",
            bank_account_type=1,
            bank_account_number="1234567890",
            bank_routing_number="3456324",
        )
    created = (time.perf_counter() - start) / len(accounts)
    json.dump({"import": loaded, "service": created}, sys.stdout)


if __name__ == "__main__":
    sys.exit(measure() if sys.argv[1:] == ["measure"] else main())
