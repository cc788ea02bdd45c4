"""Garanti's hashes: docs/gateways/garanti.md. SHA-512 since API version 512, SHA-1 before (v0.01)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from payments.gateways.base.callbacks import hash_matches

VERSION_512 = "512"
VERSION_V001 = "v0.01"

CALLBACK_PARAMS = "clientid:oid:authcode:procreturncode:response:mdstatus:cavv:eci:md:rnd:"


def security_data(password: str, terminal_id: str) -> str:
    """The hash of the password, an input of the other hashes. SHA-1 in version 512, too."""
    return _hex(f"{password}{terminal_id.zfill(9)}", VERSION_V001)


def request_hash(
    *, order_id: str, terminal_id: str, card_number: str, amount: str, currency: str, security: str
) -> str:
    """`Terminal/HashData` of a request in version 512; `amount` exactly as in the request."""
    return _hex(order_id + terminal_id + card_number + amount + currency + security, VERSION_512)


def form_hash(fields: Mapping[str, str], store_key: str, security: str, version: str = VERSION_512) -> str:
    """`secure3dhash` of the form; v0.01 leaves out the currency."""
    currency = fields["txncurrencycode"] if version == VERSION_512 else ""
    parts = [
        fields["terminalid"],
        fields["orderid"],
        fields["txnamount"],
        currency,
        fields["successurl"],
        fields["errorurl"],
        fields["txntype"],
        fields["txninstallmentcount"],
        store_key,
        security,
    ]
    return _hex("".join(parts), version)


def response_hash(
    *,
    code: str,
    retref_num: str,
    auth_code: str,
    prov_date: str,
    order_id: str,
    security: str,
    version: str = VERSION_512,
) -> str:
    """`Transaction/HashData` of a reply; the amount is not in it."""
    return _hex(code + retref_num + auth_code + prov_date + order_id + security, version)


def response_is_authentic(received: str | None, expected: str) -> bool:
    return received is not None and received.isascii() and hmac.compare_digest(received.upper(), expected)


def callback_is_authentic(
    fields: Mapping[str, str | None], store_key: str, version: str = VERSION_512
) -> bool:
    """Whether `hash` is right for the version that the POS uses. Never raises.

    `hashparams` must be the bank's own list. With another one (the echoed `hashparamsval`, for example) a payer
    could choose what is signed.
    """
    received = fields.get("hash")
    names = CALLBACK_PARAMS.rstrip(":").split(":")
    if not received or not store_key or fields.get("hashparams") != CALLBACK_PARAMS:
        return False
    text = "".join([*(fields.get(name) or "" for name in names), store_key])
    return hash_matches(received, lambda charset: _callback_hash(text.encode(charset), version))


def _callback_hash(data: bytes, version: str) -> str:
    if version == VERSION_512:
        return hashlib.sha512(data).hexdigest().upper()
    return base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def _hex(text: str, version: str) -> str:
    data = text.encode()
    if version == VERSION_512:
        return hashlib.sha512(data).hexdigest().upper()
    return hashlib.sha1(data, usedforsecurity=False).hexdigest().upper()
