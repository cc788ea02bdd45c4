"""Saving and listing stored cards beside a million others, against the bare SQL of the same work.

Settings: BENCH_ROWS (stored cards), BENCH_CALLS (measured calls of each kind).
"""

import json
import os
import subprocess
import sys
from statistics import median, quantiles

from tests.benchmarks.scratch import scratch_database

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
CALLS = int(os.environ.get("BENCH_CALLS", "1000"))
DATABASE = "benchmark_vault_cards"
KINDS = {"save": 15.0, "list": 20.0}
"""At most so many times the bare SQL's median: authentication, JSON, encryption and Django are the rest."""


def main() -> int:
    """0 where the promises hold."""
    with scratch_database(DATABASE) as url:
        command = [sys.executable, "-m", "tests.benchmarks.vault_ways", str(ROWS), str(CALLS)]
        environment = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR", "ALLOWED_HOSTS": "testserver"}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return _report(json.loads(done.stdout))


def _report(seconds: dict[str, list[float]]) -> int:
    """`seconds` has each call's time, by `save`, `save bare`, `list`, `list bare`."""
    print(f"{CALLS} calls of each kind, interleaved, beside {ROWS} stored cards:")  # noqa: T201
    broken = False
    for kind, limit in KINDS.items():
        ours, bare = seconds[kind], seconds[f"{kind} bare"]
        ratio = median(ours) / median(bare)
        broken = broken or ratio > limit
        print(  # noqa: T201
            f"  {kind}: median {_ms(median(ours))}, p95 {_ms(_p95(ours))}; bare SQL: median {_ms(median(bare))}, "
            f"p95 {_ms(_p95(bare))}; ratio of medians {ratio:.1f} (at most {limit:g})"
        )
    return int(broken)


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


if __name__ == "__main__":
    sys.exit(main())
