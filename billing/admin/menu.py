"""The sidebar's group of billing."""

from functools import partial

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.admin.menu import Group, list_entry

_list = partial(list_entry, app="billing")


def billing(request: HttpRequest) -> Group:
    return _("Billing"), [
        _list(request, _("Accounts"), "contacts", "account"),
        _list(request, _("Subscriptions"), "subscriptions", "subscription"),
        _list(request, _("Bills"), "receipt_long", "bill"),
    ]
