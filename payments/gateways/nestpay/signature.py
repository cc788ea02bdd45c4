"""Hashes of NestPay's 3-D form and callback: docs/gateways/nestpay.md."""

import base64
import hashlib
from collections.abc import Mapping

from payments.gateways.base.callbacks import hash_matches

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
    """Whether `HASH` is right for the version that the POS uses, whatever the message claims. Never raises.

    ver1 signs only the fields that `HASHPARAMS` lists: the list must be the bank's own, and must hold the result
    where one is read from the message (`with_result`).
    """
    received = fields.get("HASH")
    if not received or not store_key:
        return False
    names = [name for name in (fields.get("HASHPARAMS") or "").split(":") if name]
    if version == VER3:
        return hash_matches(received, lambda charset: _ver3(fields, store_key, charset))
    values = [fields.get(name) or "" for name in names]
    return _is_banks_list(names, with_result) and hash_matches(
        received, lambda charset: _ver1(values, store_key, charset)
    )


def _is_banks_list(names: list[str], with_result: bool) -> bool:
    """The bank's names in the bank's order. The hash has no separators: another list would move the boundaries
    between the values.
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
    return _base64(hashlib.sha1(data, usedforsecurity=False).digest())  # the bank's algorithm


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
