"""A procrastinate worker as `make run` starts it, with armed crash points and minutes that last two seconds.

`python -m tests.prove.worker QUEUE`
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import attr
from django.core.management import execute_from_command_line

EACH_TWO_SECONDS = "* * * * * */2"
"""In croniter's notation, where the sixth field are seconds."""
EACH_MINUTE = ("* * * * *", "*/5 * * * *")
HEARTBEAT_SECONDS = 1
INTERRUPTED_SECONDS = 10
"""After which a callback without a verdict counts as interrupted; five minutes in the product."""


def main(queue: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app

    from billing.attempts.crash_points import arm
    from billing.services import interrupted
    from config.process.run import worker_arguments

    arm(Path(os.environ["CRASH_FILE"]))
    interrupted.INTERRUPTED_AFTER = timedelta(seconds=INTERRUPTED_SECONDS)
    app.worker_defaults["update_heartbeat_interval"] = HEARTBEAT_SECONDS
    known = app.periodic_registry.periodic_tasks
    for key, periodic in known.items():
        if periodic.cron in EACH_MINUTE:
            known[key] = attr.evolve(periodic, cron=EACH_TWO_SECONDS)
    execute_from_command_line(["manage.py", *worker_arguments(queue)])


if __name__ == "__main__":
    main(sys.argv[1])
