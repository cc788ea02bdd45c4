"""Attacks that Garanti's messages allow."""

from tests.support.bank.core import Callback


def hashparams(callback: Callback, earlier: dict[str, str]) -> None:
    """The echoed values become the one value that is signed; then everything else is free."""
    callback.fields["hashparams"] = "hashparamsval"
    callback.fields["mdstatus"] = "1"


def boundary(callback: Callback, earlier: dict[str, str]) -> None:
    """No separators: what stood before the 1 in md goes to authcode, and the hash still fits."""
    fields = callback.fields
    if "1" not in fields["md"]:
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
