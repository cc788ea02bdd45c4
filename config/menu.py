"""The sidebar of the admin: what a person may see, in the order of the work."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.admin.menu import billing, desk, listeners, payment_methods
from config.kit.admin.menu import Entry, list_entry, page_entry
from payments.admin.menu import channels, lists, payment_management
from vault.admin.menu import vault


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """For UNFOLD's sidebar. Groups without an entry that the person may open are left out."""
    groups = [
        (_("Overview"), [page_entry(request, _("Dashboard"), "dashboard", "admin:index")]),
        desk(request),
        channels(request),
        payment_management(request),
        billing(request),
        listeners(request),
        payment_methods(request),
        vault(request),
        lists(request),
        (_("People"), _people(request)),
    ]
    shown = [(title, [entry for entry in entries if entry]) for title, entries in groups]
    return [{"title": title, "separator": True, "items": entries} for title, entries in shown if entries]


def _people(request: HttpRequest) -> list[Entry]:
    return [
        list_entry(request, _("Users"), "person", "user", app="auth"),
        list_entry(request, _("Roles"), "group", "group", app="auth"),
    ]
