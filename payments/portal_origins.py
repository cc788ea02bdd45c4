"""Origins of portals: where payers may be sent back to, and which pages may embed the payer's pages."""

import re
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MOST = 20
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+")


def origin_of(url: str) -> str | None:
    """`https://shop.example` of an https address (http on this machine only), without user names; None for others."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    is_plain = (
        url.isascii() and url.isprintable() and not set(url) & set(" \\;,'\"<>") and "@" not in parts.netloc
    )
    if not (is_safe and is_plain and _HOST.fullmatch(host)):
        return None
    name = f"[{host}]" if ":" in host else host
    is_default = port in (None, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{name}" + ("" if is_default else f":{port}")


def is_origin_list(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST
        and all(isinstance(text, str) and origin_of(text) == text for text in value)
    )
