"""To the provider and back. A session is checked there again from time to time, without a page (prompt=none)."""

from typing import Any

import requests
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from config.kit.sso import provider

SILENT = "check"


class _Offered:
    get_settings = staticmethod(provider.get_settings)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not provider.is_offered():
            raise Http404
        try:
            response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of views
        except requests.RequestException:
            return refuse(request)
        return response


class ToProviderView(_Offered, OIDCAuthenticationRequestView):
    def __init__(self, **kwargs: Any) -> None:
        """The library's asks the provider where every request goes, also before it is known whether one is named."""
        super(OIDCAuthenticationRequestView, self).__init__(**kwargs)

    @property
    def OIDC_OP_AUTH_ENDPOINT(self) -> str:  # noqa: N802  the library's name
        return str(provider.get_settings("OIDC_OP_AUTHORIZATION_ENDPOINT"))

    @property
    def OIDC_RP_CLIENT_ID(self) -> str:  # noqa: N802  the library's name
        return str(provider.get_settings("OIDC_RP_CLIENT_ID"))

    def get_extra_params(self, request: HttpRequest) -> dict[str, str]:
        return {"prompt": "none"} if SILENT in request.GET else {}


class FromProviderView(_Offered, OIDCAuthenticationCallbackView):
    def login_failure(self) -> HttpResponse:
        return refuse(self.request)


def refuse(request: HttpRequest) -> HttpResponse:
    """Whoever the provider no longer knows, or who has no role any more, is logged out."""
    logout(request)
    messages.error(request, _("The log-in failed, or your account has no role here."))
    return HttpResponseRedirect(reverse("admin:login"))
