"""iyzico's signatures: docs/gateways/iyzico.md. All are HMAC-SHA256 in hex."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

PAYMENT = ("paymentId", "currency", "basketId", "conversationId", "paidPrice", "price")
THREE_D_INIT = ("paymentId", "conversationId")
CALLBACK = ("conversationData", "conversationId", "mdStatus", "paymentId", "status")
REFUND = ("paymentId", "price", "currency", "conversationId")
CHECKOUT_FORM_INIT = ("conversationId", "token")
CHECKOUT_FORM = (
    "paymentStatus",
    "paymentId",
    "currency",
    "basketId",
    "conversationId",
    "paidPrice",
    "price",
    "token",
)
"""The fields of each message that are signed, in this order."""

PRICES = frozenset({"price", "paidPrice"})


def request_signature(secret_key: str, random_key: str, path: str, body: str) -> str:
    """Over the exact bytes of the body; `path` without host, as it is called."""
    return _hmac(secret_key, random_key + path + body)


def authorization(api_key: str, random_key: str, signature: str) -> str:
    """The Authorization header of a signed request."""
    token = f"apiKey:{api_key}&randomKey:{random_key}&signature:{signature}"
    return f"IYZWSv2 {base64.b64encode(token.encode()).decode()}"


def response_signature(secret_key: str, values: Mapping[str, Any], names: Iterable[str]) -> str:
    """The signature of a message over its fields `names`; a price loses its trailing zeros first."""
    parts = (
        price_for_signature(values[name]) if name in PRICES and values.get(name) else values.get(name)
        for name in names
    )
    return _hmac(secret_key, ":".join("" if part is None else str(part) for part in parts))


def response_is_authentic(secret_key: str, values: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether `signature` is right. Never raises."""
    received = values.get("signature")
    if not isinstance(received, str) or not received.isascii() or not secret_key:
        return False
    try:
        return hmac.compare_digest(received, response_signature(secret_key, values, names))
    except (ArithmeticError, UnicodeEncodeError):  # a price that is not a number; a lone surrogate
        return False


def webhook_signature(secret_key: str, values: Mapping[str, str]) -> str:
    """`X-IYZ-SIGNATURE-V3` of a webhook."""
    names = ("iyziEventType", "paymentId", "paymentConversationId", "status")
    return _hmac(secret_key, secret_key + "".join(values.get(name, "") for name in names))


def price_for_signature(price: Any) -> str:
    """`10.50` → `10.5`, `10.0` → `10`. Raises ArithmeticError for anything but a number."""
    text = f"{Decimal(str(price)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_price(price: Any) -> str:
    """The price as a request carries it: at least one place, no other trailing zeros: `22.0`, `15.34`."""
    text = price_for_signature(price)
    return text if "." in text else f"{text}.0"


def _hmac(secret_key: str, text: str) -> str:
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
