"""The client's IP address. All code must use this module, because it accounts for trusted proxies."""

import ipaddress
from typing import cast

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle


def client_ip(request: Request | HttpRequest) -> str:
    """The client's address, with the trusted proxies of NUM_PROXIES taken off; "" if there is no valid one."""
    ident = BaseThrottle().get_ident(cast(Request, request))  # reads only META, which both have
    try:
        address = ipaddress.ip_address((ident or "").strip())
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def network_of(address: str) -> str:
    """What one client controls: its IPv4 address, or the /64 network of its IPv6 address."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
