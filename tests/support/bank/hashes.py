"""The banks' hashes, written a second time from shared/gateways.md."""

import base64
import hashlib
import hmac


def ver3(fields: dict[str, str], store_key: str, charset: str = "utf-8") -> str:
    plain = ""
    for name in sorted(fields, key=lambda each: each.lower()):
        if name.lower() in ("hash", "encoding", "nationalidno"):
            continue
        plain += fields[name].replace("\\", "\\\\").replace("|", "\\|") + "|"
    plain += store_key.replace("\\", "\\\\").replace("|", "\\|")
    return base64.b64encode(hashlib.sha512(plain.encode(charset)).digest()).decode("ascii")


def ver1(values: list[str], store_key: str) -> str:
    return base64.b64encode(hashlib.sha1(("".join(values) + store_key).encode()).digest()).decode("ascii")


def upper_sha512(text: str) -> str:
    return hashlib.sha512(text.encode()).hexdigest().upper()


def garanti_security(password: str, terminal: str) -> str:
    padded = "0" * (9 - len(terminal)) + terminal
    return hashlib.sha1((password + padded).encode()).hexdigest().upper()


def iyzico(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def short_price(text: str) -> str:
    """`10.50` → `10.5`, as iyzico signs prices."""
    whole, _, places = text.partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places}" if places else whole
