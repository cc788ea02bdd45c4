"""Named points at which the proof (`make prove`) kills the process, between our commits and the bank's calls.

Only processes that the proof starts call `arm`; in all others a crash point does nothing.
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
    """If `file` contains the name of a point, the first armed process that reaches it deletes the file and dies."""
    global _armed
    _armed = file


def crash_point(name: str) -> None:
    """In an armed process, die without any clean-up, as in a power failure."""
    if _armed is None:
        return
    with suppress(FileNotFoundError):
        if _armed.read_text() == name:
            os.unlink(_armed)  # only one process can
            os._exit(137)
