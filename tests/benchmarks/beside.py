"""What everybody else feels while something goes wrong beside them: p95 of `/healthz` and of a payment, against the
same without it in the same run, interleaved.

Settings: BENCH_BESIDE_PAYMENTS (of each round), BENCH_ROUNDS.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from tests.benchmarks.scratch import UNLIMITED_TRIES, scratch_database

PAYMENTS = int(os.environ.get("BENCH_BESIDE_PAYMENTS", "40"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ALONE = "alone"
SETTINGS = {
    **UNLIMITED_TRIES,
    "GATEWAY_TIMEOUT_SECONDS": "30",
    # The cap alone: with the breaker the hung bank would not be called, and nothing would be measured.
    "GATEWAY_BREAKER_FAILURES": "1000000",
}


@dataclass(frozen=True)
class Place:
    """A running server with a shop at two banks."""

    url: str
    bank: Any
    shop: Any
    bills: Iterator[int]


def run(name: str, trouble: Callable[[Place], AbstractContextManager[Any]], title: str) -> int:
    """0 where, beside the trouble, `/healthz` stays under a second and payments are not twice as slow."""
    with scratch_database(f"benchmark_{name}") as database:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        with _place(database) as place:
            ways = {ALONE: lambda _place: nullcontext(), name: trouble}
            runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
            for number in range(ROUNDS):
                for way, beside in ways.items():
                    with beside(place):
                        time.sleep(1)
                        runs[way].append(_round(place))
                    print(f"round {number + 1}: {way}: {_shown(runs[way][-1])}", flush=True)  # noqa: T201
        connections.close_all()
    return _report(runs, name, title)


@contextmanager
def _place(database: str) -> Iterator[Place]:
    from tests.support.bank.client import BankProcess
    from tests.support.two_banks import make_two_banks
    from tests.support.web_server import web_server

    with BankProcess(seed=5) as bank, web_server(database, **SETTINGS) as url:
        shop = make_two_banks(bank, bills=20_000)
        yield Place(url, bank, shop, iter(shop.bills))


def _round(place: Place) -> dict[str, float]:
    """p95 in seconds. Each request has a new connection, as payers have."""
    import httpx

    from tests.support.two_banks import HEALTHY

    probes, payments = [], []
    for _ in range(PAYMENTS):
        with httpx.Client(base_url=place.url, timeout=90, trust_env=False) as http:
            begin = time.perf_counter()
            http.get("/healthz").raise_for_status()
            probes.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            body = place.shop.body(HEALTHY, next(place.bills))
            http.post("/api/payment/add", json=body, headers=place.shop.headers).raise_for_status()
            payments.append(time.perf_counter() - begin)
    return {"healthz": quantiles(probes, n=20)[18], "payment": quantiles(payments, n=20)[18]}


def _shown(run: dict[str, float]) -> str:
    return ", ".join(f"{name} p95 {seconds * 1000:.0f} ms" for name, seconds in run.items())


def _report(runs: dict[str, list[dict[str, float]]], name: str, title: str) -> int:
    middle = {way: {part: median(run[part] for run in runs[way]) for part in runs[way][0]} for way in runs}
    ratio = {part: middle[name][part] / middle[ALONE][part] for part in middle[ALONE]}
    lines = [
        f"{title}, {PAYMENTS} payments at another bank, {ROUNDS} interleaved rounds:",
        *(f"  {way}: {_shown(middle[way])}" for way in runs),
        f"  /healthz against alone: {ratio['healthz']:.2f} (under 1 s)",
        f"  a payment against alone: {ratio['payment']:.2f} (at most 2)",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(middle[name]["healthz"] >= 1 or ratio["payment"] > 2)
