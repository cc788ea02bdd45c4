"""System checks of what is configured in the database."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from payments.gateways import registry
from payments.models import POS
from payments.pos_addresses import are_allowed

CHECKED_POS = 500


@register(Tags.security, deploy=False)
def check_no_simulated_gateway_is_live(**_: Any) -> list[CheckMessage]:
    """In production no active channel has a POS without a bank behind it (design.md, "Gateways")."""
    if not settings.PRODUCTION:
        return []
    if not _is_reachable():
        return []  # nothing is charged there either
    paths = [gateway.path for gateway in registry.GATEWAYS if gateway.is_simulated]
    rows = POS.objects.filter(gateway__in=paths, channel__is_active=True).values_list("slug", "channel__slug")
    try:
        found = list(rows.order_by("pk")[:10])
    except DatabaseError:  # not migrated yet
        return []
    return [
        Error(
            f"POS {pos} of the live channel {channel} is on dummypay: bills would be paid with nothing.",
            hint="Delete the POS, give it a bank's gateway, or switch the channel off.",
            id="payments.E001",
        )
        for pos, channel in found
    ]


@register(Tags.security, deploy=False)
def check_addresses_of_live_pos(**_: Any) -> list[CheckMessage]:
    """A warning only: payments on such a POS are not sent, those on others go on."""
    if not settings.PRODUCTION or not _is_reachable():
        return []
    try:
        rows = list(POS.objects.filter(channel__is_active=True).order_by("pk")[:CHECKED_POS])
    except DatabaseError:  # not migrated yet
        return []
    return [
        Warning(
            f"POS {pos.slug} points at an address that is not allowed: its payments are not sent.",
            hint="Change its addresses, or add the host to GATEWAY_HOSTS_ALLOWED.",
            id="payments.W001",
        )
        for pos in rows
        if not are_allowed(pos)
    ]


def _is_reachable() -> bool:
    """Asked without the pool, which would wait for a database that is down."""
    parameters = {**connection.get_connection_params(), "connect_timeout": 3}
    parameters.pop("pool", None)
    try:
        psycopg.connect(**parameters).close()
    except psycopg.OperationalError:
        return False
    return True
