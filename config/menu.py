"""The admin's sidebar."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.admin.health import may_see_health
from billing.admin.menu import billing, integrations, payment_methods, payments, statements
from config.kit.admin.menu import Entry, list_entry, page_entry
from payments.admin.menu import channels, lists, payment_management
from vault.admin.menu import vault


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """UNFOLD's SIDEBAR navigation. Groups without an entry that the user may open are left out."""
    groups = [
        (_("Overview"), _overview(request)),
        payments(request),
        statements(request),
        channels(request),
        payment_management(request),
        billing(request),
        integrations(request),
        payment_methods(request),
        vault(request),
        lists(request),
        (_("Team"), _team(request)),
    ]
    shown = [(title, [entry for entry in entries if entry]) for title, entries in groups]
    return [{"title": title, "separator": True, "items": entries} for title, entries in shown if entries]


def _overview(request: HttpRequest) -> list[Entry]:
    return [
        page_entry(request, _("Dashboard"), "dashboard", "admin:index"),
        page_entry(request, _("Health"), "monitor_heart", "billing_admin:health")
        if may_see_health(request)
        else None,
    ]


def _team(request: HttpRequest) -> list[Entry]:
    return [
        list_entry(request, _("Users"), "person", "user", app="auth"),
        list_entry(request, _("Roles"), "group", "group", app="auth"),
        page_entry(request, _("Sessions and keys"), "devices", "admin:identity_login_changelist"),
        list_entry(request, _("Audit log"), "policy", "entry", app="audit"),
        list_entry(request, _("Encryption keys"), "vpn_key", "knownkey", app="keys"),
        list_entry(request, _("Changes to approve"), "how_to_reg", "configurationchange", app="identity"),
    ]
