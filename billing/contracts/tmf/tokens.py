"""`POST /oauth/token`: OAuth 2.0 client credentials."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import RevokeTokenView as OAuthRevokeTokenView
from oauth2_provider.views import TokenView as OAuthTokenView

from config.kit.attempts.counters import count, wait_of
from config.kit.contracts.client_ip import client_ip, network_of
from config.kit.contracts.throttles import limit_of

OFFERED = "client_credentials"


@method_decorator(csrf_exempt, name="dispatch")  # clients send their own credentials, never a cookie
class TokenView(OAuthTokenView):
    """Wrong credentials are counted, for the address and for the client as that address names it.

    Right ones are not counted: clients behind one proxy do not lock each other out.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = network_of(client_ip(request))
        limits = [
            limit_of("token", f"client {_client_id(request)} from {address}"),
            limit_of("token_address", f"address {address}"),
        ]
        wait = wait_of(limits)
        if wait is not None:
            return JsonResponse(
                {"error": "slow_down"}, status=429, headers={"Retry-After": str(int(wait) + 1)}
            )
        if request.POST.get("grant_type", OFFERED) != OFFERED:
            count(limits)
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        if response.status_code in (400, 401):
            count(limits)
        return response


@method_decorator(csrf_exempt, name="dispatch")
class RevokeTokenView(OAuthRevokeTokenView):
    """`POST /oauth/revoke_token` (RFC 7009): a client ends its token."""


def _client_id(request: HttpRequest) -> str:
    """Of the body or of Basic credentials; "" if none is named."""
    named = request.POST.get("client_id", "")
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            named = base64.b64decode(encoded).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            named = ""
    return named[:100]
