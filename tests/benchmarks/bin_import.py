"""One million BINs for one card. Settings: BENCH_ROWS, BENCH_ROUNDS, BENCH_ORDER (random, sorted)."""

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
ORDER = os.environ.get("BENCH_ORDER", "random")
WAYS = ("plain COPY", "import", "bulk_create")
DATABASE = "benchmark_bin_import"


def main() -> int:
    """0 where the promises hold."""
    with scratch_database(DATABASE) as url, tempfile.TemporaryDirectory() as folder:
        path, card = _write_bins(Path(folder) / "bins.csv"), _prepare()
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for number in range(ROUNDS):
            for way in WAYS:
                _empty()
                runs[way].append(_run(way, path, card, url))
                print(f"round {number + 1}: {way}: {runs[way][-1]['seconds']:.1f} s", flush=True)  # noqa: T201
    return _report(runs)


def _report(runs: dict[str, list[dict[str, float]]]) -> int:
    seconds = {way: median(run["seconds"] for run in runs[way]) for way in WAYS}
    peak = max(run["peak_bytes"] for run in runs["import"]) / 1024**2
    of_copy = seconds["plain COPY"] / seconds["import"]
    of_bulk = seconds["bulk_create"] / seconds["import"]
    lines = [
        f"{ROWS} BINs for one card, {ORDER} order, history on, medians of {ROUNDS} interleaved rounds:",
        f"  speed against plain COPY of the same rows into the same table: {of_copy:.2f} (at least 0.5)",
        f"  speed against bulk_create in batches of 5,000: {of_bulk:.2f} (at least 4)",
        f"  peak memory of the importing process: {peak:.0f} MiB (at most 256)",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(of_copy < 0.5 or of_bulk < 4 or peak > 256)


def _write_bins(path: Path) -> Path:
    bins = random.Random(1).sample(range(10_000_000, 100_000_000), ROWS)
    with path.open("w") as file:
        file.writelines(f"{number}\n" for number in (sorted(bins) if ORDER == "sorted" else bins))
    return path


def _prepare() -> int:
    """Tables and the card; its id."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tests.support.factories import CardFactory

    return CardFactory().pk


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE payments_binnumber, payments_binnumberevent")
        cursor.execute("CHECKPOINT")


def _run(way: str, path: Path, card: int, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.ways", way, str(path), str(card)]
    environment = {**os.environ, "DATABASE_URL": url}
    return json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    )


if __name__ == "__main__":
    sys.exit(main())
