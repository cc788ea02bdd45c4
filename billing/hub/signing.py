"""Signature of the events that listeners receive."""

import hashlib
import hmac

SIGNATURE_HEADER = "X-Hub-Signature-256"


def sign(body: bytes, secret: str) -> str:
    """`sha256=<hex>`: HMAC-SHA256 of the body, keyed with the secret of the subscription."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
