"""The admin's dashboard: the day, alerts and tiles of all apps."""

from typing import Any

from django.http import HttpRequest

from billing.admin import dashboard as billing
from billing.admin.day import the_day
from config.first_steps import first_steps
from config.kit.admin.dashboard import count_all
from config.kit.identity import dashboard as identity
from config.kit.identity.access import reach_of
from payments.admin import dashboard as payments
from vault.admin import dashboard as vault


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """UNFOLD's DASHBOARD_CALLBACK. Runs a fixed number of queries, none over a whole large table."""
    alerts = [
        *identity.alerts(request),
        *billing.alerts(request),
        *vault.alerts(request),
        *payments.alerts(request),
    ]
    tiles = [*billing.tiles(request), *payments.tiles(request), *vault.tiles(request)]
    steps = first_steps(request)
    count_all([*alerts, *steps], tiles, reach_of(request.user))
    return {
        **context,
        **the_day(request),
        "tiles": tiles,
        "alerts": [item for item in alerts if item.count],
        "steps": steps if steps and not steps[-1].count else [],
    }
