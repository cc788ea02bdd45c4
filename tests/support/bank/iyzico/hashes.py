"""iyzico's hashes, written a second time from docs/gateways/iyzico.md."""

import hmac


def sign(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def short_price(text: str) -> str:
    """`10.50` → `10.5`, as iyzico signs prices."""
    whole, _, places = text.partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places}" if places else whole
