"""The first page of the admin: what needs somebody's attention first, then what there is."""

from itertools import chain
from typing import Any

from django.http import HttpRequest

from billing.admin import dashboard as billing
from payments.admin import dashboard as payments
from vault.admin import dashboard as vault


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """For UNFOLD's DASHBOARD_CALLBACK: a fixed number of queries, none over a large table."""
    warnings = chain(billing.warnings(request), vault.warnings(request), payments.warnings(request))
    return context | {
        "tiles": [*billing.tiles(request), *payments.tiles(request), *vault.tiles(request)],
        "warnings": [item for item in warnings if item.count],
    }
