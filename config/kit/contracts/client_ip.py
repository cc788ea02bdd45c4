"""Where a request comes from."""

import ipaddress

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle


def client_address(request: Request | HttpRequest) -> str:
    """The caller's address, seen through the proxies of NUM_PROXIES; "" where there is none to be had."""
    found = BaseThrottle().get_ident(request)  # type: ignore[arg-type] # reads META alone
    text = (found or "").strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def network_of(address: str) -> str:
    """What one caller has of addresses: IPv6 is given out by /64."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
