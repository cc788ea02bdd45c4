"""The admin's dashboard: alerts and tiles of all apps."""

from itertools import chain
from typing import Any

from django.http import HttpRequest

from billing.admin import dashboard as billing
from config.kit.identity import dashboard as identity
from payments.admin import dashboard as payments
from vault.admin import dashboard as vault


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """UNFOLD's DASHBOARD_CALLBACK. Runs a fixed number of queries, none over a whole large table."""
    alerts = chain(
        identity.alerts(request), billing.alerts(request), vault.alerts(request), payments.alerts(request)
    )
    return context | {
        "tiles": [*billing.tiles(request), *payments.tiles(request), *vault.tiles(request)],
        "alerts": [item for item in alerts if item.count],
    }
