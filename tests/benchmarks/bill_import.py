"""One million bills in one run, on 100,000 subscriptions. Settings: BENCH_ROWS, BENCH_ROUNDS."""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks.scratch import scratch_database

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SUBSCRIPTIONS = max(1, ROWS // 10)
WAYS = ("plain COPY", "import", "import again")
DATABASE = "benchmark_bill_import"


def main() -> int:
    """0 where the promises hold."""
    with scratch_database(DATABASE) as url, tempfile.TemporaryDirectory() as folder:
        path = _write_bills(Path(folder) / "bills.csv")
        _run("prepare", path, url)
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for number in range(ROUNDS):
            for way in WAYS:
                if way != "import again":
                    _run("empty", path, url)
                runs[way].append(_run(way, path, url))
                print(f"round {number + 1}: {way}: {runs[way][-1]['seconds']:.1f} s", flush=True)  # noqa: T201
    return _report(runs)


def _report(runs: dict[str, list[dict[str, float]]]) -> int:
    seconds = {way: median(run["seconds"] for run in runs[way]) for way in WAYS}
    peak = max(run["peak_bytes"] for way in WAYS[1:] for run in runs[way]) / 1024**2
    of_copy = seconds["plain COPY"] / seconds["import"]
    lines = [
        f"{ROWS} bills on {SUBSCRIPTIONS} subscriptions, history on, medians of {ROUNDS} interleaved rounds:",
        f"  import: {seconds['import']:.1f} s; the same file again (all exist): {seconds['import again']:.1f} s",
        f"  speed against plain COPY of the same rows into the same table: {of_copy:.2f} (at least 0.4)",
        f"  peak memory of the importing process: {peak:.0f} MiB (at most 256)",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(of_copy < 0.4 or peak > 256)


def _write_bills(path: Path) -> Path:
    chance = random.Random(1)
    numbers = chance.sample(range(1, 2_000_000_000), ROWS)
    with path.open("w") as file:
        file.write("number,subscription,amount,currency,issued_on,due_on,description\n")
        file.writelines(
            f"{number},{chance.randrange(SUBSCRIPTIONS) + 1},{chance.randrange(1, 100_000) / 100:.2f},TRY,"
            "2026-01-01,2026-01-31,Home internet\n"
            for number in numbers
        )
    return path


def _run(way: str, path: Path, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.bill_ways", way, str(path), str(SUBSCRIPTIONS)]
    environment = {**os.environ, "DATABASE_URL": url}
    return json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    )


if __name__ == "__main__":
    sys.exit(main())
