"""What a channel's `conf` may say to this program. Other keys belong to other programs and are left alone."""

from decimal import Decimal, InvalidOperation
from typing import Any

from config.kit.lib.errors import InvalidValueError
from payments.models.channel import available_time_zones
from payments.portal_origins import is_origin_list

REFUND_LIMIT, INTEREST_RATE_BOUND = "refund_limit", "interest_rate_bound"
LATE_PAYMENTS, TIME_ZONE = "late_payments", "time_zone"
PORTAL_ORIGINS = "portal_origins"
KNOWN = (REFUND_LIMIT, LATE_PAYMENTS, INTEREST_RATE_BOUND, TIME_ZONE, PORTAL_ORIGINS)
KEEP, REFUND = "keep", "refund"
"""Of `late_payments`: the account's credit, or given back at once."""


def check_settings(conf: dict[str, Any], before: dict[str, Any]) -> None:
    """Raises InvalidValueError for a known key whose new value cannot be used. Old values stay as they are."""
    for name in KNOWN:
        if name in conf and conf[name] != before.get(name) and (fault := _fault(name, conf[name])):
            raise InvalidValueError("conf", f"{name}: {fault}")


def _fault(name: str, value: Any) -> str:
    if name == LATE_PAYMENTS:
        return "" if value in (KEEP, REFUND) else f'"{KEEP}" or "{REFUND}" is expected.'
    if name == PORTAL_ORIGINS:
        return (
            "" if is_origin_list(value) else "A list of origins is expected, such as https://portal.example."
        )
    if name == TIME_ZONE:
        known = isinstance(value, str) and value in available_time_zones()
        return "" if known else "A time zone such as Europe/Istanbul is expected."
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return "A number is expected."
    usable = number.is_finite() and number >= 0 and not isinstance(value, bool)
    return "" if usable else "A number from 0 is expected."
