"""dummypay's own signature: HMAC-SHA256 over all fields with their names, in hex."""

import hashlib
import hmac
import json
from collections.abc import Mapping

NAME = "signature"


def sign(fields: Mapping[str, str | None], key: str) -> str:
    """Names and values are covered, in any order. Raises ValueError without a key."""
    if not key:
        raise ValueError("dummypay has no key to sign with.")
    covered = sorted((name, value or "") for name, value in fields.items() if name != NAME)
    return hmac.new(key.encode(), json.dumps(covered).encode(), hashlib.sha256).hexdigest()


def is_authentic(fields: Mapping[str, str | None], key: str) -> bool:
    told = fields.get(NAME)
    if not told or not told.isascii() or not key:
        return False
    return hmac.compare_digest(told, sign(fields, key))
