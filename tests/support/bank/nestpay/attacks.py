"""Attacks that NestPay's messages allow."""

from tests.support.bank.core import Callback
from tests.support.bank.nestpay import hashes


def hashparams(callback: Callback, earlier: dict[str, str]) -> None:
    """The echoed values become the one value that is signed; then everything else is free."""
    callback.fields["HASHPARAMS"] = "HASHPARAMSVAL"
    callback.fields["mdStatus"] = "1"


def downgrade(callback: Callback, earlier: dict[str, str]) -> None:
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
