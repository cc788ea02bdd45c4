"""Binds what a person confirms to what the page before has shown."""

import hashlib
import hmac
import json
from typing import Any

from config.kit.lib.errors import PreviewOutdatedError


def seen_of(*shown: Any) -> str:
    """The fingerprint of all that a person decides on. Not a secret: who makes one up confirms the same."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def check_seen(seen: str, now: str) -> None:
    """Raises PreviewOutdatedError. To be called with the rows locked."""
    if not hmac.compare_digest(seen.encode(), now.encode()):
        raise PreviewOutdatedError
