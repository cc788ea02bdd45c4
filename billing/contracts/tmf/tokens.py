"""`POST /oauth/token`: OAuth 2.0 client credentials."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import TokenView as OAuthTokenView
from rest_framework.throttling import ScopedRateThrottle


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(OAuthTokenView):
    """As many attempts for each address as logins. Programs have no cookie that a page could misuse."""

    throttle_scope = "login"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not ScopedRateThrottle().allow_request(request, self):  # type: ignore[arg-type]
            return JsonResponse({"error": "slow_down"}, status=429)
        return super().dispatch(request, *args, **kwargs)
