"""Sends sessions of the provider's users back to it when they have not been checked for a while."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from config.kit.sso.views import SILENT

BACKEND = "config.kit.sso.backend.ProviderBackend"
CHECKED_UNTIL = "oidc_id_token_expiration"
"""The library's key in the session: seconds since 1970."""


class ProviderCheckMiddleware:
    """Pages are sent to the provider and come back. Forms are not, as they would be lost: they may be as late again,
    and then the session ends.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.session.get(BACKEND_SESSION_KEY) == BACKEND:
            late = time.time() - request.session.get(CHECKED_UNTIL, 0)
            paths = reverse("oidc_authentication_init"), reverse("oidc_authentication_callback")
            if late > 0 and request.path not in paths:
                if request.method == "GET" and request.path.startswith("/admin/") and not _is_script(request):
                    query = urlencode({"next": request.get_full_path(), SILENT: 1})
                    return HttpResponseRedirect(f"{paths[0]}?{query}")
                if late > settings.OIDC_CHECK_SECONDS:
                    logout(request)
        return self.get_response(request)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Sec-Fetch-Dest", "document") != "document"
