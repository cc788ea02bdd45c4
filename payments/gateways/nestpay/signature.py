"""Hashes of NestPay's 3-D form and callback: shared/gateways.md, 1.2 and 1.3."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from payments.gateways.wire.forms import TURKISH

VER3 = "ver3"
VER1 = "ver1"

NOT_HASHED = frozenset({"hash", "encoding", "nationalidno"})
VER1_FORM = ("clientid", "oid", "amount", "okUrl", "failUrl", "islemtipi", "taksit", "rnd")
VER1_REQUIRED = ("clientid", "oid", "mdStatus", "cavv", "eci", "md", "rnd")
VER1_RESULT = ("AuthCode", "ProcReturnCode", "Response")
VER1_ORDER = (*VER1_REQUIRED[:2], *VER1_RESULT, *VER1_REQUIRED[2:])


def form_hash(fields: Mapping[str, str | None], store_key: str, version: str = VER3) -> str:
    """The `hash` of the form that is posted to the gate, from all its other fields."""
    if version == VER1:
        return _ver1([fields.get(name) or "" for name in VER1_FORM], store_key, "utf-8")
    return _ver3(fields, store_key, "utf-8")


def callback_is_authentic(
    fields: Mapping[str, str | None], store_key: str, version: str = VER3, *, with_result: bool = False
) -> bool:
    """Whether `HASH` covers the callback, in the version that the POS uses, whatever the message claims.

    Never raises. The bank hashes bytes in its page's charset, so both charsets are tried. ver1 signs only the
    fields that `HASHPARAMS` lists: the list must be the bank's own, and hold the result where one is read
    from it (`with_result`).
    """
    told = fields.get("HASH")
    if not told or not store_key:
        return False
    names = [name for name in (fields.get("HASHPARAMS") or "").split(":") if name]
    if version == VER1 and not _is_banks_list(names, with_result):
        return False
    values = [fields.get(name) or "" for name in names]
    for charset in ("utf-8", TURKISH):
        try:
            own = _ver3(fields, store_key, charset) if version == VER3 else _ver1(values, store_key, charset)
            if hmac.compare_digest(told, own):
                return True
        except (UnicodeEncodeError, TypeError):  # not in this charset; a HASH that is no ASCII
            continue
    return False


def _is_banks_list(names: list[str], with_result: bool) -> bool:
    """The bank's names in the bank's order: another list moves the borders between values without a
    separator.
    """
    required = {*VER1_REQUIRED, *(VER1_RESULT if with_result else ())}
    return required <= set(names) and names == [name for name in VER1_ORDER if name in names]


def _ver3(fields: Mapping[str, str | None], store_key: str, charset: str) -> str:
    names = sorted((name for name in fields if name.lower() not in NOT_HASHED), key=str.lower)
    text = "|".join(_escape(value) for value in [*(fields[name] or "" for name in names), store_key])
    return _base64(hashlib.sha512(text.encode(charset)).digest())


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|")


def _ver1(values: list[str], store_key: str, charset: str) -> str:
    data = "".join([*values, store_key]).encode(charset)
    return _base64(hashlib.sha1(data, usedforsecurity=False).digest())  # the bank's choice


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
