"""`python -m tests.prove [--payments N] [--seed S] [--control] [--database URL]`: see the package."""

import argparse
import itertools
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from config.process.embedded import EmbeddedServer

FAULTS = [
    {"kind": "drop_after", "operation": "sale", "probability": 0.04},
    {"kind": "http_500", "operation": "sale", "probability": 0.02},
    {"kind": "truncated", "operation": "completion", "probability": 0.03},
    {"kind": "drop_after", "operation": "completion", "probability": 0.04},
    {"kind": "drop_before", "operation": "sale", "probability": 0.02},
    {"kind": "empty", "operation": "refund", "probability": 0.05},
    {"kind": "drop_after", "operation": "void", "probability": 0.05},
    {"kind": "html", "operation": "status", "probability": 0.05},
    {"kind": "drop_before", "operation": "history", "probability": 0.05},
    {"kind": "book_late", "operation": "sale", "probability": 0.02, "seconds": 2},
    {"kind": "book_late", "operation": "sale", "probability": 0.02, "seconds": 8},  # it is "not found" until then
    {"kind": "book_late", "operation": "completion", "probability": 0.03, "seconds": 8},
    {"kind": "book_late", "operation": "refund", "probability": 0.03, "seconds": 2},
    {"kind": "delay_after", "operation": "sale", "probability": 0.01, "seconds": 4},
    {"kind": "trickle", "operation": "sale", "probability": 0.01, "seconds": 0.1},
    {"kind": "wrong_order", "operation": "sale", "probability": 0.02},
    {"kind": "bad_signature", "operation": "completion", "probability": 0.02},
    *({"kind": kind, "operation": "return", "probability": 0.02} for kind in ("lost", "double", "double_get", "race")),
    *(
        {"kind": f"attack:{name}", "operation": "return", "probability": 0.01}
        for name in (
            "flip_field", "no_hash", "hashparams", "downgrade", "other_order", "orderid_differs", "amount", "success",
            "unsigned_failure", "boundary",
        )
    ),
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="make prove")
    parser.add_argument("--payments", type=int, default=1000, help="payments in the books, not tries")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--kill-every", type=float, default=3, metavar="SECONDS")
    parser.add_argument("--control", action="store_true", help="one guard off: must fail")
    parser.add_argument(
        "--crash", action="store_true", help="the database dies and processes stand still, too"
    )
    parser.add_argument("--database", metavar="URL", help="an empty one; without it a server is started")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prove-") as name:
        directory = Path(name)
        os.environ["VAR_DIR"] = str(directory / "var")
        with database(directory, options.database) as (url, server):
            os.environ["DATABASE_URL"] = url
            return prove(directory, options, server)


@contextmanager
def database(directory: Path, given: str | None) -> Iterator[tuple[str, EmbeddedServer | None]]:
    """The given database, else a server of the run's own. DATABASE_URL is not used: it may be somebody's."""
    if given:
        yield given, None
        return
    server = EmbeddedServer(directory / "var")
    try:
        yield server.acquire(), server
    finally:
        server.release()


def prove(directory: Path, options: argparse.Namespace, server: EmbeddedServer | None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from tests.prove import crash
    from tests.prove.world import World

    behind = crash.CLOCK_BEHIND_SECONDS if options.crash else 0
    world = World(directory, options.seed, reconcilers=2 if options.crash else 1, clock_behind=behind)
    os.environ.update(world.environment)
    import django

    django.setup()
    logging.disable(logging.INFO)  # our own; the judged processes write theirs to the log
    from django.core.management import call_command

    from tests.prove.check import INVARIANTS, pages_with_card_numbers
    from tests.prove.payers import Crowd
    from tests.prove.shop import open_shop

    call_command("migrate", verbosity=0)
    shop = open_shop(world.bank.base_url, options.payments, Random(options.seed))
    if options.control:
        switch_guard_off()
    started = time.monotonic()
    all_points = options.payments >= 1000 and not options.crash
    try:
        world.start()
        for fault in FAULTS:
            world.bank.control("faults", fault)
        crowd = Crowd(world.base_url, shop, options.payments, options.seed)
        if options.crash:
            kills = crash.disturb(world, crowd, server, options.kill_every)
        else:
            kills = disturb(world, crowd, options.kill_every)
        world.bank.control("faults", method="DELETE")
        settle_down(world)
        seconds = time.monotonic() - started
        world.stop_processes()
        print_run(options, crowd, kills, seconds)
        return report(
            {
                **{name: check(world.bank.books()) for name, check in INVARIANTS.items()},
                "no card number is on any page": pages_with_card_numbers(crowd),
                "no card number is in any log line": lines_with_card_numbers(directory / "log"),
                "no unforeseen error": unforeseen(
                    directory / "log", OF_A_DEAD_DATABASE if options.crash else ()
                ),
                **({"every point was killed at": never_reached(kills)} if all_points else {}),
            }
        )
    finally:
        world.stop()


def disturb(world, crowd, kill_every: float) -> dict[str, int]:
    """While the crowd pays: kill a process at one point after the other, and end the bank's day at times."""
    from billing.attempts.crash_points import POINTS

    kills = dict.fromkeys(POINTS, 0)
    crowd_thread = threading.Thread(target=crowd.run)
    crowd_thread.start()
    turn, counted, armed_since = 0, -1, 0.0
    while crowd_thread.is_alive():
        if armed_since and counted != turn and not world.is_armed():
            kills[POINTS[turn % len(POINTS)]] += 1
            counted = turn
        if time.monotonic() - armed_since > kill_every:
            turn += bool(armed_since)
            world.arm(POINTS[turn % len(POINTS)])
            armed_since = time.monotonic()
        if turn % 3 == 0:
            world.bank.settle()
        world.tend()
        time.sleep(0.3)
    crowd_thread.join()
    world.disarm()
    return kills


def settle_down(world, seconds: float = 120) -> None:
    """Let the reconciler finish."""
    from billing.models import Payment
    from tests.prove.check import nothing_in_doubt

    def is_busy() -> bool:  # what ended without the bank's word is queried again for some time
        return bool(nothing_in_doubt({})) or Payment.objects.filter(next_check_at__isnull=False).exists()

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and is_busy():
        world.bank.settle()
        world.tend()
        time.sleep(1)


def switch_guard_off() -> None:
    """The control: without the two guards of "one open payment for a bill" the proof must find double payments."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_paymentbill DISABLE TRIGGER USER")
        cursor.execute("DROP INDEX billing_one_open_payment_per_bill")


def print_run(options, crowd, kills, seconds: float) -> None:
    from billing.models import Callback, Payment, Refund

    print(f"seed {options.seed}, {Payment.objects.count()} payments, {Refund.objects.count()} refunds, "
          f"{Callback.objects.count()} callbacks, {sum(kills.values())} kills, {seconds:.0f} s")  # fmt: skip
    for title, counts in (("answers", crowd.counts), ("kills", kills), ("payments", tally(Payment, "state")),
                          ("callbacks", tally(Callback, "verdict"))):  # fmt: skip
        print(f"{title}:", ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


def tally(model, field: str) -> dict[str, int]:
    from django.db.models import Count

    return dict(model.objects.order_by().values_list(field).annotate(Count("pk")))


def report(found: dict[str, list[str]]) -> int:
    """The table of invariants; 1 where one is broken."""
    for name, wrong in found.items():
        examples = f" ({len(wrong)}): {'; '.join(wrong[:5])}" if wrong else ""
        print(f"{'broken' if wrong else 'holds ':8}{name}{examples}")
    return 1 if any(found.values()) else 0


def never_reached(kills: dict[str, int]) -> list[str]:
    return [point for point, count in kills.items() if not count]


OF_A_DEAD_DATABASE = (
    "OperationalError",
    "AdminShutdown",
    "CannotConnectNow",
    "CrashShutdown",
    "PoolTimeout",
    "InterfaceError",
)


def unforeseen(log: Path, expected: tuple[str, ...]) -> list[str]:
    """What the application did not foresee is broken, too."""
    lines = log.read_text(errors="replace").splitlines()
    return [
        line
        for before, line in itertools.pairwise(lines)
        if before.startswith(" ") and _is_exception(line) and not any(name in line for name in expected)
    ]


def lines_with_card_numbers(log: Path) -> list[str]:
    from tests.support.bank.client import find_pans

    lines = log.read_text(errors="replace").splitlines()
    return [f"line {number}" for number, line in enumerate(lines, 1) if find_pans(line)]


def _is_exception(line: str) -> bool:
    return bool(line) and not line.startswith(" ") and "Error" in line.split(":")[0]


if __name__ == "__main__":
    sys.exit(main())
