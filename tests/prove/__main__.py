"""`python -m tests.prove [--payments N] [--seed S] [--scenario NAME]`, or `--crash`: see the package."""

import argparse
import logging
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from tests.prove import crash
from tests.prove.scenarios import KILLS, SCENARIOS
from tests.prove.scenarios.base import SkippedError
from tests.prove.world import World

STOPS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    options = _options()
    for number in STOPS:
        signal.signal(number, _stop)
    if options.crash:
        return crash.run_all(options.seed, options.payments)
    try:
        return 0 if _run(options) else 1
    except SkippedError as why:
        print(f"skipped: {why}")
        return crash.SKIPPED


def _stop(number: int, frame: FrameType | None) -> None:
    """Everything that was started ends, too; a second signal does not interrupt that."""
    for each in STOPS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def _run(options: argparse.Namespace) -> bool:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="prove-") as name:
        directory = Path(name)
        log = Path(options.log or directory / "log")
        os.environ["VAR_DIR"] = str(directory / "var")
        scenario = SCENARIOS[options.scenario](directory, options.database)
        with scenario.database() as url:
            world = World(directory, log, scenario.setup(options.seed, options.web_workers, options.pace))
            try:
                os.environ |= {
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                    "DATABASE_URL": url,
                    **world.environment,
                }
                import django

                django.setup()
                logging.disable(logging.ERROR)  # our own; the judged processes write theirs to the log
                from tests.prove.run import prove

                holds = prove(world, scenario, options)
            finally:
                world.stop()
    print(f"{time.monotonic() - started:.0f} s in all")
    return holds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make prove")
    parser.add_argument("--payments", type=int, default=1000, help="payments in the books, not tries")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--every", type=float, metavar="SECONDS", help="between disturbances")
    parser.add_argument("--web-workers", type=int, default=3)
    parser.add_argument("--pace", type=float, default=1, help="of all delays")
    parser.add_argument("--database", metavar="URL", help="an empty one; without it a server is started")
    parser.add_argument("--log", metavar="FILE", help="of the application; else it is thrown away")
    parser.add_argument("--scenario", choices=SCENARIOS, default=KILLS, help="what goes wrong around us")
    parser.add_argument("--crash", action="store_true", help="every scenario of make prove-crash, one by one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
