"""The page that shows a new pair of keys in clear, once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.kit.admin.urls import admin_url
from vault.services.keys import IssuedKey


def show_once(model_admin: Any, request: HttpRequest, issued: IssuedKey) -> HttpResponse:
    """Answers the request that created the keys: a redirect would need them stored."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("New keys for %(merchant)s") % {"merchant": issued.key.merchant},
        "opts": model_admin.opts,
        "keys": [("apikeyprivate", issued.private), ("apiclientprivate", issued.client)],
        "back": admin_url(issued.key),
    }
    response = TemplateResponse(request, "admin/vault/show_once.html", context)
    response["Cache-Control"] = "no-store"
    return response
