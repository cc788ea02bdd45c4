"""The vault's group in the sidebar."""

from functools import partial

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.admin.menu import Group, list_entry

_list = partial(list_entry, app="vault")


def vault(request: HttpRequest) -> Group:
    return _("Card vault"), [
        _list(request, _("Merchants"), "store", "merchant"),
        _list(request, _("API keys"), "key", "apikey"),
        _list(request, _("Stored cards"), "wallet", "storedcard"),
        _list(request, _("Access log"), "policy", "accesslog"),
    ]
