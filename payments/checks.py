"""System checks of what is configured in the database."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from payments.gateways import registry
from payments.models import POS


@register(Tags.security, deploy=False)
def check_no_rehearsal_is_live(**_: Any) -> list[CheckMessage]:
    """In production no active channel has a POS without a bank behind it (design.md, "Gateways")."""
    if not settings.PRODUCTION:
        return []
    paths = [gateway.path for gateway in registry.GATEWAYS if gateway.is_rehearsal]
    rows = POS.objects.filter(gateway__in=paths, channel__is_active=True).values_list("slug", "channel__slug")
    try:
        found = list(rows.order_by("pk")[:10])
    except DatabaseError:  # not there yet, or not migrated: nothing is charged there either
        return []
    return [
        Error(
            f"POS {pos} of the live channel {channel} is on dummypay: bills would be paid with nothing.",
            hint="Delete the POS, give it a bank's gateway, or switch the channel off.",
            id="payments.E001",
        )
        for pos, channel in found
    ]
