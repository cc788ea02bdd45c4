"""NestPay's hashes, written a second time from docs/gateways/nestpay.md."""

import base64
import hashlib


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
