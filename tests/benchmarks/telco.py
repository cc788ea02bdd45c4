"""TM Forum's lists on one million payments, and the delivery of events. Settings: BENCH_ROWS, BENCH_ROUNDS."""

import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from tests.benchmarks.scratch import scratch_database

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


def main() -> int:
    """0 where the promises hold."""
    with scratch_database("benchmark_telco") as url:
        _run("prepare", url)
        runs: dict[str, list[dict[str, Any]]] = {}
        for number in range(ROUNDS):
            for way in ("pages", "stream", "bare stream"):
                runs.setdefault(way, []).append(_run(way, url))
                print(f"round {number + 1}: {way}: {runs[way][-1]}", flush=True)  # noqa: T201
        delivered = _run("deliver", url)
    return _report(runs, delivered)


def _report(runs: dict[str, list[dict[str, Any]]], delivered: dict[str, Any]) -> int:
    def middle(way: str, name: str) -> float:
        return median(run[name] for run in runs[way])

    peak = max(run["peak"] for run in runs["stream"]) / 1024**2
    grown = max(run["peak"] - run["before"] for run in runs["stream"]) / 1024**2
    of_orm = middle("stream", "rate") / middle("bare stream", "rate")
    lines = [
        f"{ROWS} payments with details, medians of {ROUNDS} interleaved rounds:",
        f"  list page of 100: p95 {middle('pages', 'p95'):.0f} ms, median {middle('pages', 'median'):.0f} ms; "
        f"plain count and OFFSET: median {middle('pages', 'bare'):.0f} ms (p95 at most 1000 ms)",
        f"  unpaged list: {middle('stream', 'rate'):.0f} payments a second, {of_orm:.2f} of the ORM's objects alone "
        "(at least 0.4)",
        f"  peak memory of the streaming process: {peak:.0f} MiB, {grown:.0f} of it for the list (at most 100)",
        f"  events to one listener: {delivered['rate']:.0f} a second, {delivered['rate'] / delivered['bare']:.2f} of "
        "bare posts of the same bodies",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(middle("pages", "p95") > 1000 or of_orm < 0.4 or grown > 100)


def _run(way: str, url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.telco_ways", way, str(ROWS)]
    environment = {**os.environ, "DATABASE_URL": url}
    return json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    )


if __name__ == "__main__":
    sys.exit(main())
