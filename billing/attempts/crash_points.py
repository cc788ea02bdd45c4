"""Named points at which the proof (`make prove`) kills the process, each where a crash hurts most: between what
we wrote and what the bank did.

`arm` is called by the processes that the proof starts and by nothing else; in every other process a crash point
does nothing.
"""

import os
from contextlib import suppress
from pathlib import Path

CALLED = ("sale", "start_three_d", "complete_three_d", "refund", "void", "status")
"""Operations of an attempt that call a bank."""

POINTS = (
    *(f"{operation}.committed" for operation in CALLED),
    *(f"{operation}.answered" for operation in CALLED),
    "complete_three_d.recorded",
)

_armed: Path | None = None


def arm(file: Path) -> None:
    """While `file` holds the name of a point, the first armed process to reach that point removes it and dies."""
    global _armed
    _armed = file


def crash_point(name: str) -> None:
    """Nothing, unless the proof armed this process: then it dies without any clean-up, as by a power cut."""
    if _armed is None:
        return
    with suppress(FileNotFoundError):
        if _armed.read_text() == name:
            os.unlink(_armed)  # only one process can
            os._exit(137)
