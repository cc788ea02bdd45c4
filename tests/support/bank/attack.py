"""Attacks on the way back: what a payer (or somebody between) makes of a genuine callback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.bank import hashes

if TYPE_CHECKING:
    from tests.support.bank.core import Callback

SIGNATURES = {"nestpay": "HASH", "garanti": "hash", "iyzico": "signature"}
STATUS = {"nestpay": "mdStatus", "garanti": "mdstatus", "iyzico": "mdStatus"}
AMOUNT = {"nestpay": "amount", "garanti": "txnamount", "iyzico": "conversationData"}
ORDER = {"nestpay": "oid", "garanti": "orderid", "iyzico": "conversationId"}
SUCCESS = {
    "nestpay": {"mdStatus": "1", "Response": "Approved", "ProcReturnCode": "00", "AuthCode": "P12345"},
    "garanti": {"mdstatus": "1", "response": "Approved", "procreturncode": "00", "authcode": "123456"},
    "iyzico": {"mdStatus": "1", "status": "success"},
}


def tamper(name: str, callback: Callback, earlier: dict[str, str]) -> None:
    """Change `callback` in place; `earlier` is the last genuine callback of the same gateway."""
    _ATTACKS[name](callback, earlier)


def _flip_field(callback: Callback, earlier: dict[str, str]) -> None:
    name = STATUS[callback.gateway]
    callback.fields[name] = "0" if callback.fields.get(name) == "1" else "1"


def _no_hash(callback: Callback, earlier: dict[str, str]) -> None:
    callback.fields.pop(SIGNATURES[callback.gateway], None)


def _hashparams(callback: Callback, earlier: dict[str, str]) -> None:
    """The echoed values become the one value that is signed; then everything else is free."""
    lower = callback.gateway == "garanti"
    callback.fields["hashparams" if lower else "HASHPARAMS"] = "hashparamsval" if lower else "HASHPARAMSVAL"
    callback.fields[STATUS[callback.gateway]] = "1"


def _downgrade(callback: Callback, earlier: dict[str, str]) -> None:
    """A ver1 hash over a ver3 message: stands for a hash that leaked from an older integration."""
    fields = callback.fields
    names = ["clientid", "oid", "mdStatus", "cavv", "eci", "md", "rnd"]
    values = [fields.get(name, "") for name in names]
    fields |= {
        "hashAlgorithm": "ver1",
        "HASHPARAMS": ":".join(names) + ":",
        "HASHPARAMSVAL": "".join(values),
        "HASH": hashes.ver1(values, callback.store_key),
    }


def _other_order(callback: Callback, earlier: dict[str, str]) -> None:
    callback.fields = dict(earlier) or callback.fields


def _orderid_differs(callback: Callback, earlier: dict[str, str]) -> None:
    callback.fields[ORDER[callback.gateway]] = "ANOTHER-1"


def _amount(callback: Callback, earlier: dict[str, str]) -> None:
    callback.fields[AMOUNT[callback.gateway]] = "1"


def _success(callback: Callback, earlier: dict[str, str]) -> None:
    callback.fields |= SUCCESS[callback.gateway]


def _unsigned_failure(callback: Callback, earlier: dict[str, str]) -> None:
    callback.fields = dict(callback.unsigned_failure)
    callback.url = callback.failure_url or callback.url


def _boundary(callback: Callback, earlier: dict[str, str]) -> None:
    """No separators: what stood before the 1 in md goes to authcode, and the hash still fits (Garanti)."""
    fields = callback.fields
    if callback.gateway != "garanti" or "1" not in fields["md"]:
        return
    before, _, after = fields["md"].partition("1")
    swallowed = "".join(fields[name] for name in ("response", "mdstatus", "cavv", "eci"))
    fields |= {
        "authcode": swallowed + before,
        "response": "",
        "mdstatus": "1",
        "cavv": "",
        "eci": "",
        "md": after,
    }


_ATTACKS = {
    "flip_field": _flip_field,
    "no_hash": _no_hash,
    "hashparams": _hashparams,
    "downgrade": _downgrade,
    "other_order": _other_order,
    "orderid_differs": _orderid_differs,
    "amount": _amount,
    "success": _success,
    "unsigned_failure": _unsigned_failure,
    "boundary": _boundary,
}
