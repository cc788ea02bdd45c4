"""The sidebar's groups of payments."""

from functools import partial

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.admin.menu import Group, list_entry, page_entry
from payments.admin.which_pos import PERMISSIONS

_list = partial(list_entry, app="payments")


def channels(request: HttpRequest) -> Group:
    return _("Sales Channels"), [_list(request, _("Channels"), "storefront", "channel")]


def payment_management(request: HttpRequest) -> Group:
    return _("Payment Management"), [
        _list(request, _("POS"), "point_of_sale", "pos"),
        _list(request, _("Banks"), "account_balance", "bank"),
        _list(request, _("Card Types"), "style", "cardtype"),
        _list(request, _("Card Settings"), "credit_card", "card"),
        _list(request, _("Payment Options"), "payments", "paymentoption"),
        page_entry(request, _("Which POS?"), "alt_route", "payments_admin:which_pos", PERMISSIONS),
    ]


def lists(request: HttpRequest) -> Group:
    return _("Lists of all cards and banks"), [
        _list(request, _("BINs"), "pin", "binnumber"),
        _list(request, _("Term commission rates"), "percent", "installment"),
        _list(request, _("Currencies"), "currency_exchange", "multicurrencycard"),
        _list(request, _("Bank accounts"), "savings", "bankaccount"),
    ]
