"""`make prove-crash`: every scenario in a process of its own, and one table at the end."""

import subprocess
import sys
import time

from tests.prove.scenarios import CRASHES

SKIPPED = 77
"""The exit status of a scenario that this machine cannot run."""
OF_FAILOVER = 500
RESULTS = {0: "holds", SKIPPED: "skipped"}


def run_all(first_seed: int, payments: int) -> int:
    """1 where an invariant is broken. Each scenario has its own seed."""
    rows = []
    for seed, name in enumerate(CRASHES, first_seed):
        count = max(payments, OF_FAILOVER) if name == "failover" else payments
        print(f"--- {name}", flush=True)
        started = time.monotonic()
        command = [
            sys.executable, "-m", "tests.prove", "--scenario", name, "--seed", str(seed), "--payments", str(count),
        ]  # fmt: skip
        result = RESULTS.get(_status_of(command), "broken")
        rows.append((name, seed, count, f"{time.monotonic() - started:.0f} s", result))
    print("--- all")
    for row in (("scenario", "seed", "payments", "time", "invariants"), *rows):
        print(" ".join(f"{value!s:12}" for value in row).rstrip())
    return int(any(row[-1] == "broken" for row in rows))


def _status_of(command: list[str]) -> int:
    run = subprocess.Popen(command)
    try:
        return run.wait()
    except BaseException:
        run.terminate()  # it stops what it has started
        run.wait()
        raise
