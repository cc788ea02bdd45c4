"""What the inbox keeps of a callback: the fields that the payment's gateway names, and of all others the name.

A list of what is kept, not of what is hidden: the address is public, and anything can be posted to it.
"""

import re
from urllib.parse import urlencode

from billing.models import Payment
from config.kit.lib.card_numbers import holds_card_number
from config.kit.lib.masking import SECRET_MASK, mask_text
from payments.gateways import registry
from payments.gateways.wire.forms import read_form

MAX_BODY = 64 * 1024
MAX_NAMES = 100
MAX_VALUE = 1_000
_CLEAN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}")


def stored_body(body: bytes, payment: Payment | None) -> str:
    """A form with one value for each field, or a sentence about a body that is no form."""
    try:
        fields = read_form(body[:MAX_BODY])
    except ValueError:
        return f"{len(body)} bytes that are not a form"
    keeps = _kept_fields(payment)
    shown: dict[str, str] = {}
    left_out = 0
    for name, value in fields.items():
        if len(shown) == MAX_NAMES or not _is_clean(name):
            left_out += 1
        elif name.lower() in keeps:
            shown[name] = mask_text(value[:MAX_VALUE].replace("\x00", ""))
        else:
            shown[name] = SECRET_MASK if value else ""
    return urlencode({**shown, "(left out)": str(left_out)} if left_out else shown)


def _kept_fields(payment: Payment | None) -> frozenset[str]:
    """Nothing for a stray callback, which belongs to no payment."""
    version = payment.pos_version if payment else None
    gateway = registry.find(version.gateway) if version else None
    return gateway.callback_keeps if gateway else frozenset()


def _is_clean(name: str) -> bool:
    return _CLEAN_NAME.fullmatch(name) is not None and not holds_card_number(name)
