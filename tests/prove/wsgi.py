"""What the proof's web server loads: the application, with its crash points armed, and its clock perhaps behind."""

import os
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from billing.attempts.crash_points import arm

_real_now = timezone.now
_behind = timedelta(seconds=float(os.environ.get("WEB_CLOCK_BEHIND", "0")))


def _now() -> datetime:
    return _real_now() - _behind


def _sleep(seconds: float) -> None:
    threading.Event().wait(seconds)


if _behind:
    timezone.now = _now
if "FAKETIME" in os.environ:
    time.sleep = _sleep  # libfaketime 0.9.10 fails in clock_nanosleep, which time.sleep calls
from config.wsgi import application  # noqa: E402  what it imports takes the clock from above

__all__ = ["application"]

arm(Path(os.environ["CRASH_FILE"]))
