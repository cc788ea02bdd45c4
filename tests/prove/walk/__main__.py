"""`python -m tests.prove.walk [--walks N | --seconds S] [--seed N] [--control NAME | --controls]`: see the package."""

import argparse
import atexit
import os
import random
import sys
import traceback
from contextlib import ExitStack


def main() -> int:
    parser = argparse.ArgumentParser(prog="make prove WALKS=…", description=__doc__)
    parser.add_argument("--walks", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--seed", type=int, default=None, help="of the first batch (default: random, printed)"
    )
    parser.add_argument("--no-shrink", action="store_true", help="stop at the first failure")
    parser.add_argument("--control", help="a guard that is off: the walk must fail")
    parser.add_argument(
        "--controls", action="store_true", help="every guard, one after the other, as a table"
    )
    options = parser.parse_args()
    first_seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    with_database()
    from tests.prove.walk.controls import CONTROLS
    from tests.prove.walk.runner import walk

    if options.controls or options.control:
        names = [options.control] if options.control else list(CONTROLS)
        missed = [name for name in names if not found(name, first_seed, options.seconds)]
        return 1 if missed else 0
    result = walk(
        first_seed=first_seed, walks=options.walks, seconds=options.seconds, shrink=not options.no_shrink
    )
    print(f"{result.walks} walks, {result.steps} steps, {result.seconds:.0f} s, "
          f"seeds {first_seed} to {result.seed}")  # fmt: skip
    if result.failure is None:
        print("holds   after every walk our books are the bank's")
        return 0
    traceback.print_exception(result.failure)
    print(f"broken  again: python -m tests.prove.walk --walks 1 --seed {result.seed}")
    return 1


def found(name: str, first_seed: int, seconds: float) -> bool:
    """One line of the table."""
    from django.db import IntegrityError

    from tests.prove.walk.controls import CONTROLS
    from tests.prove.walk.runner import walk
    from tests.prove.walk.world import ViolationError

    result = walk(first_seed=first_seed, seconds=seconds, shrink=False, control=CONTROLS[name])
    failure = result.failure
    seen = isinstance(failure, ViolationError | IntegrityError)
    told = f"{type(failure).__name__}: {failure}".splitlines()[0][:120] if failure else "NOT FOUND"
    print(
        f"{name:32} seed {result.seed}, {result.steps:6} steps, {result.seconds:5.1f} s: {told}", flush=True
    )
    return seen


def with_database() -> None:
    """A copy of the tests' migrated template, on their embedded server. Dropped when the process ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from tests.support.database import copied_database

    copy = ExitStack()
    os.environ["DATABASE_URL"] = copy.enter_context(copied_database())
    atexit.register(copy.close)
    import logging

    import django

    django.setup()
    logging.disable(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
