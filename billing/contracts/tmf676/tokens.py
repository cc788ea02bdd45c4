"""`POST /oauth/token`: OAuth 2.0 client credentials."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from oauth2_provider.views import TokenView as OAuthTokenView
from rest_framework.throttling import ScopedRateThrottle


class TokenView(OAuthTokenView):
    """As many attempts for each address as logins."""

    throttle_scope = "login"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not ScopedRateThrottle().allow_request(request, self):  # type: ignore[arg-type]
            return JsonResponse({"error": "slow_down"}, status=429)
        return super().dispatch(request, *args, **kwargs)
