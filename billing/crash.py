"""Named points at which the proof kills the process (`make prove`): CRASH_AT=<name> ends it there, at once.

Each stands where a crash hurts most: between what we wrote and what the bank did.
"""

import os

POINTS = (
    "charge.reserved",
    "charge.answered",
    "complete.claimed",
    "complete.answered",
    "complete.recorded",
    "refund.reserved",
    "refund.answered",
    "reconcile.claimed",
    "reconcile.answered",
)


def reach(point: str) -> None:
    """Nothing, unless this process was told to die here: then without any clean-up, as by a power cut."""
    if os.environ.get("CRASH_AT") == point:
        os._exit(137)
