"""What one hung bank costs everybody else: `/healthz` and payments at another bank, while sixteen payers at a time try
the bank that hangs. Baseline: the same without these payers, in the same run.

Settings: BENCH_HUNG_PAYMENTS (of each round), BENCH_ROUNDS.
"""

import itertools
import os
import sys
import threading
import time
from statistics import median, quantiles

from tests.benchmarks.scratch import scratch_database

PAYMENTS = int(os.environ.get("BENCH_HUNG_PAYMENTS", "40"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PAYERS = 16
WAYS = ("alone", "hung")
SETTINGS = {
    **{f"VELOCITY_PER_{name}": "0" for name in ("BILL", "CARD", "ACCOUNT", "ADDRESS")},
    "GATEWAY_TIMEOUT_SECONDS": "30",
    # The cap alone: with the breaker the hung bank would not be called, and nothing would be measured.
    "GATEWAY_BREAKER_FAILURES": "1000000",
}


def main() -> int:
    """0 where `/healthz` stays under a second and payments at the other bank are not twice as slow."""
    with scratch_database("benchmark_hung_bank") as database:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from tests.support.bank.client import BankProcess
        from tests.support.two_banks import HUNG, make_two_banks
        from tests.support.web_server import web_server

        with BankProcess(seed=5) as bank, web_server(database, **SETTINGS) as url:
            shop = make_two_banks(bank, bills=20_000)
            bank.fault("delay_before", gateway=HUNG, operation="sale", seconds=60)
            bills = itertools.count(1)
            runs = {way: [] for way in WAYS}
            for number in range(ROUNDS):
                for way in WAYS:
                    runs[way].append(_round(url, shop, bills, way == "hung"))
                    print(f"round {number + 1}: {way}: {_shown(runs[way][-1])}", flush=True)  # noqa: T201
        from django.db import connections

        connections.close_all()
    return _report(runs)


def _round(url, shop, bills, is_hung):
    """p95 of `/healthz` and of payments at the other bank, in seconds."""
    import httpx

    from tests.support.two_banks import HEALTHY, HUNG

    over = threading.Event()
    lock = threading.Lock()

    def next_bill():
        with lock:
            return shop.bills[next(bills)]

    def hang_on():
        with httpx.Client(base_url=url, timeout=90, trust_env=False) as http:
            while not over.is_set():
                answer = http.post(
                    "/api/payment/add", json=shop.body(HUNG, next_bill()), headers=shop.headers
                )
                if answer.json().get("error") == "GatewayUnavailableException":
                    over.wait(0.5)  # a payer who tries again

    payers = [threading.Thread(target=hang_on, daemon=True) for _ in range(PAYERS if is_hung else 0)]
    for payer in payers:
        payer.start()
    time.sleep(1)
    probes, payments = [], []
    with httpx.Client(base_url=url, timeout=90, trust_env=False) as http:
        for _ in range(PAYMENTS):
            begin = time.perf_counter()
            http.get("/healthz").raise_for_status()
            probes.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            body = shop.body(HEALTHY, next_bill())
            http.post("/api/payment/add", json=body, headers=shop.headers).raise_for_status()
            payments.append(time.perf_counter() - begin)
    over.set()
    for payer in payers:
        payer.join(60)
    return {"healthz": quantiles(probes, n=20)[18], "payment": quantiles(payments, n=20)[18]}


def _shown(run):
    return ", ".join(f"{name} p95 {seconds * 1000:.0f} ms" for name, seconds in run.items())


def _report(runs):
    middle = {way: {name: median(run[name] for run in runs[way]) for name in runs[way][0]} for way in WAYS}
    ratio = {name: middle["hung"][name] / middle["alone"][name] for name in middle["hung"]}
    lines = [
        f"{PAYERS} payers at a bank that hangs, {PAYMENTS} payments at another, {ROUNDS} interleaved rounds:",
        *(f"  {way}: {_shown(middle[way])}" for way in WAYS),
        f"  /healthz with the hung bank against without: {ratio['healthz']:.2f} (under 1 s)",
        f"  a payment at another bank likewise: {ratio['payment']:.2f} (at most 2)",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(middle["hung"]["healthz"] >= 1 or ratio["payment"] > 2)


if __name__ == "__main__":
    sys.exit(main())
