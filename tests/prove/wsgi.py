"""What the proof's web server loads: the application, with its crash points armed."""

import os
from pathlib import Path

from billing.attempts.crash_points import arm
from config.wsgi import application

__all__ = ["application"]

arm(Path(os.environ["CRASH_FILE"]))
