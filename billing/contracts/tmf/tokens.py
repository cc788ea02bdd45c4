"""`POST /oauth/token`: OAuth 2.0 client credentials."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import RevokeTokenView as OAuthRevokeTokenView
from oauth2_provider.views import TokenView as OAuthTokenView

from config.kit.contracts.client_ip import client_ip
from config.kit.contracts.throttles import count_attempt


@method_decorator(csrf_exempt, name="dispatch")  # clients send their own credentials, never a cookie
class TokenView(OAuthTokenView):
    """Limited per client address, at the rate of logins."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if count_attempt("login", client_ip(request)) is not None:
            return JsonResponse({"error": "slow_down"}, status=429)
        return super().dispatch(request, *args, **kwargs)


@method_decorator(csrf_exempt, name="dispatch")
class RevokeTokenView(OAuthRevokeTokenView):
    """`POST /oauth/revoke_token` (RFC 7009): a client ends its token."""
