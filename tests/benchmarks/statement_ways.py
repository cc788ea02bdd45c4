"""The work of `statement_match`, in a process of its own: `-m tests.benchmarks.statement_ways LINES PAYMENTS`.

Prints seconds of each step and the process's peak memory as JSON.
"""

import json
import os
import resource
import sys
import tempfile
import time
from decimal import Decimal
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

NAMES = (
    "Terminal No;İşlem Tipi;Sipariş No;RRN;Provizyon No;Kart No;İşlem Tarihi;Valör;Brüt Tutar;Komisyon;Net Tutar;"
    "Para Birimi"
)
GROSS, COMMISSION, NET = Decimal("215.40"), Decimal("4.31"), Decimal("211.09")


def prepare(count: int) -> tuple[Any, Any]:
    """A captured payment, copies of it, and the layout of its bank's statements."""
    call_command("migrate", verbosity=0)
    from tests.billing.conftest import make_shop
    from tests.billing.statements.world import agree, layout_for, plan_for
    from tests.support.many import KEYS, copy_rows

    shop = make_shop()
    plan_for(shop.pos, rate="2")
    agreement = agree(shop.pos, terminal_number="T1")
    payment = shop.charge().payment
    copy_rows(payment, count, order_id="'ORD' || n", host_reference="'R' || n", auth_code="'A' || n")
    copy_rows(payment.ledger.get(), count, payment_id=f"{KEYS} + n")
    copy_rows(payment.expected_payouts.get(), count, payment_id=f"{KEYS} + n")
    return layout_for("garanti", agreement.bank), payment.expected_payouts.get()


def write(file: Any, count: int, payout: Any) -> None:
    days = f"{payout.sold_on:%d.%m.%Y};{payout.value_date:%d.%m.%Y}"
    file.write(f"{NAMES}\n".encode("windows-1254"))
    for start in range(1, count + 1, 10_000):
        rows = (
            f"T1;SATIŞ;ORD{n};R{n};A{n};411111******1111;{days};215,40;4,31;211,09;TL\n"
            for n in range(start, min(start + 10_000, count + 1))
        )
        file.write("".join(rows).encode("windows-1254"))
    totals = ";".join(f"{value * count:.2f}".replace(".", ",") for value in (GROSS, COMMISSION, NET))
    file.write(f"TOPLAM;;;;;;;;{totals};\n".encode())


def plain_copy() -> None:
    """The loaded lines once more, into a table with the same indexes and constraints."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE copied (LIKE billing_statementline INCLUDING ALL)")
        with tempfile.TemporaryFile() as file:
            with cursor.copy("COPY billing_statementline TO STDOUT") as copy:
                for block in copy:
                    file.write(block)
            file.seek(0)
            began = time.perf_counter()
            with cursor.copy("COPY copied FROM STDIN") as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            _seconds["plain COPY"] = time.perf_counter() - began


_seconds: dict[str, float] = {}


def timed(step: str, work: Any, *arguments: Any, **named: Any) -> None:
    began = time.perf_counter()
    work(*arguments, **named)
    _seconds[step] = time.perf_counter() - began


def main(lines: int, payments: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    layout, payout = prepare(payments)
    from billing.statements.differences import find_differences
    from billing.statements.loading import load_statement
    from billing.statements.matching import match_lines
    from billing.statements.runs import reconcile_statements

    with tempfile.TemporaryFile() as file:
        write(file, lines, payout)
        day = {"first_day": payout.sold_on, "last_day": payout.sold_on}
        timed("load", load_statement, layout, file=file, name="day.csv", user_id=None, **day)
    timed("match", match_lines, layout.bank)
    timed("differences", find_differences, layout.bank)
    timed("again", reconcile_statements, layout.bank)
    plain_copy()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({**_seconds, "peak_bytes": peak}))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
