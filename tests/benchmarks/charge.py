"""What a charge costs beside the bank: 8 parallel payers (two processes, as `make run` has) and a bank that answers at
once. Baseline: the charge's own SQL statements, recorded once, sent bare with psycopg by as many threads.
What the audit log costs is told against the same charge without its entry.

Settings: BENCH_PAYMENTS (of one round), BENCH_ROUNDS.
"""

import json
import os
import subprocess
import sys
import time
from statistics import median, quantiles
from typing import Any

from tests.benchmarks.scratch import UNLIMITED_TRIES, scratch_database

PAYMENTS = int(os.environ.get("BENCH_PAYMENTS", "800"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PROCESSES, THREADS = 2, 4
WAYS = ("charge", "without audit log", "bare SQL")
DATABASE = "benchmark_charge"
START_SECONDS = 8
"""How long the processes take to be ready; they begin together."""


def main() -> int:
    """0 where the promise holds."""
    with scratch_database(DATABASE) as url:
        share = PAYMENTS // PROCESSES
        recorded = _run("prepare", url, 0, ROUNDS * len(WAYS) * PAYMENTS)
        runs: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
        first = 0
        for number in range(ROUNDS):
            for way in WAYS:
                begin = time.time() + START_SECONDS
                parts = [
                    _start(way, url, first + index * share, share, recorded, begin)
                    for index in range(PROCESSES)
                ]
                results = [json.loads(part.communicate()[0]) for part in parts]
                first += PAYMENTS
                run = {
                    "rate": PAYMENTS / max(result["elapsed"] for result in results),
                    "own": [seconds for result in results for seconds in result["own"]],
                }
                runs[way].append(run)
                print(f"round {number + 1}: {way}: {run['rate']:.0f} payments/s", flush=True)  # noqa: T201
    return _report(runs, recorded)


def _report(runs: dict[str, list[dict[str, Any]]], recorded: dict[str, Any]) -> int:
    rate = {way: median(run["rate"] for run in runs[way]) for way in WAYS}
    own = {way: quantiles([s for run in runs[way] for s in run["own"]], n=20) for way in WAYS}
    ratio = rate["charge"] / rate["bare SQL"]
    lines = [
        f"{PAYMENTS} payments, {PROCESSES * THREADS} parallel payers, {ROUNDS} interleaved rounds, "
        f"{len(recorded['statements'])} statements a charge (with BEGIN and COMMIT):",
        *(
            f"  {way}: {rate[way]:.0f} payments/s; own time p50 {own[way][9] * 1000:.1f} ms, "
            f"p95 {own[way][18] * 1000:.1f} ms"
            for way in WAYS
        ),
        f"  payments/s against the bare SQL: {ratio:.2f} (at least 0.2)",
        f"  payments/s against without the audit log: {rate['charge'] / rate['without audit log']:.2f}",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(ratio < 0.2)


def _run(way: str, url: str, first: int, count: int) -> dict[str, Any]:
    return json.loads(_start(way, url, first, count, {}, 0).communicate()[0])


def _start(way: str, url: str, first: int, count: int, recorded: Any, begin: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.charge_ways", way, str(first), str(count), str(begin)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **UNLIMITED_TRIES, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"},
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(recorded))
    process.stdin.close()
    process.stdin = None
    return process


if __name__ == "__main__":
    sys.exit(main())
