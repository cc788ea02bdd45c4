"""Limits of keys and programs: addresses that they are used from, and their end."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from config.kit.lib.errors import InvalidValueError


def checked_networks(texts: Sequence[str], field: str = "allowed_addresses") -> list[str]:
    """Addresses as they are, networks in canonical form. Raises InvalidValueError for `field`."""
    return [_checked(text, field) for text in texts]


def may_come_from(address: str, networks: Sequence[str]) -> bool:
    """No networks: from anywhere."""
    if not networks:
        return True
    try:
        given: Any = ipaddress.ip_address(address)
    except ValueError:
        return False
    given = getattr(given, "ipv4_mapped", None) or given
    return any(given in ipaddress.ip_network(text) for text in networks)


def ends_earlier(end: datetime | None, before: datetime | None) -> bool:
    """Whether the new end tightens the limit. None: no end."""
    return end is not None and (before is None or end < before)


def _checked(text: str, field: str) -> str:
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise InvalidValueError(
            field, _("%(text)s is not a valid IP address or network.") % {"text": text[:43]}
        ) from None
    return str(network.network_address if network.num_addresses == 1 else network)
