"""One statement of a million lines against ten million payments: load, match, list differences.

Settings: BENCH_LINES, BENCH_PAYMENTS.
"""

import json
import os
import subprocess
import sys

from tests.benchmarks.scratch import scratch_database

LINES = int(os.environ.get("BENCH_LINES", "1000000"))
PAYMENTS = int(os.environ.get("BENCH_PAYMENTS", str(10 * LINES)))
DATABASE = "benchmark_statement_match"


def main() -> int:
    """0 where the promises hold."""
    with scratch_database(DATABASE) as url:
        command = [sys.executable, "-m", "tests.benchmarks.statement_ways", str(LINES), str(PAYMENTS)]
        ran = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "DATABASE_URL": url}
        )
    found = json.loads(ran.stdout)
    of_copy = found["plain COPY"] / found["load"]
    a_second = LINES / found["match"]
    lines = [
        f"{LINES} lines against {PAYMENTS} payments:",
        f"  load: {found['load']:.1f} s; plain COPY of the same lines into the same table: {found['plain COPY']:.1f} s",
        f"  speed of loading against plain COPY: {of_copy:.2f} (at least 0.5)",
        f"  match: {found['match']:.1f} s, {a_second:,.0f} lines a second (at least 20,000)",
        f"  differences: {found['differences']:.1f} s; all of it again: {found['again']:.1f} s",
        f"  peak memory of the process: {found['peak_bytes'] / 1024**2:.0f} MiB (at most 256)",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(of_copy < 0.5 or a_second < 20_000 or found["peak_bytes"] > 256 * 1024**2)


if __name__ == "__main__":
    sys.exit(main())
