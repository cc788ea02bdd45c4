"""The sidebar: what a person may see, in the order of the work."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.admin.which_pos import PERMISSIONS


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups without an item that the person may open are left out."""
    groups = [
        (_("Overview"), [_page(request, _("Dashboard"), "dashboard", "admin:index")]),
        (_("Sales Channels"), [_list(request, _("Channels"), "storefront", "channel")]),
        (_("Payment Management"), _payment_management(request)),
        (_("Lists of all cards and banks"), _lists(request)),
        (_("People"), _people(request)),
    ]
    shown = [(title, [item for item in items if item]) for title, items in groups]
    return [{"title": title, "separator": True, "items": items} for title, items in shown if items]


def _payment_management(request: HttpRequest) -> list[dict[str, Any] | None]:
    return [
        _list(request, _("POS"), "point_of_sale", "pos"),
        _list(request, _("Banks"), "account_balance", "bank"),
        _list(request, _("Card Types"), "style", "cardtype"),
        _list(request, _("Card Settings"), "credit_card", "card"),
        _list(request, _("Payment Options"), "payments", "paymentoption"),
        _page(request, _("Which POS?"), "alt_route", "payments_admin:which_pos", PERMISSIONS),
    ]


def _lists(request: HttpRequest) -> list[dict[str, Any] | None]:
    return [
        _list(request, _("BINs"), "pin", "binnumber"),
        _list(request, _("Term commission rates"), "percent", "installment"),
        _list(request, _("Currencies"), "currency_exchange", "multicurrencycard"),
        _list(request, _("Bank accounts"), "savings", "bankaccount"),
    ]


def _people(request: HttpRequest) -> list[dict[str, Any] | None]:
    return [
        _list(request, _("Users"), "person", "user", app="auth"),
        _list(request, _("Roles"), "group", "group", app="auth"),
    ]


def _list(
    request: HttpRequest, title: str, icon: str, model: str, *, app: str = "payments"
) -> dict[str, Any] | None:
    return _page(request, title, icon, f"admin:{app}_{model}_changelist", (f"{app}.view_{model}",))


def _page(
    request: HttpRequest, title: str, icon: str, name: str, permissions: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    if not request.user.has_perms(permissions):
        return None
    return {"title": title, "icon": icon, "link": reverse(name)}
