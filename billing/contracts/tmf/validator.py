"""What django-oauth-toolkit asks about clients and tokens: addresses, two secrets during a rotation, the last use."""

from typing import Any

from django.http import HttpRequest
from oauth2_provider.oauth2_validators import OAuth2Validator

from billing.models import ApiClient
from billing.services.api_client import mark_used
from config.kit.contracts.client_ip import client_ip
from config.kit.limits import may_come_from


class Validator(OAuth2Validator):
    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        is_right = super().authenticate_client(request, *args, **kwargs) or self._has_former_secret(request)
        return is_right and _is_allowed(request)

    def validate_bearer_token(self, token: str, scopes: Any, request: Any) -> bool:
        if not super().validate_bearer_token(token, scopes, request):
            return False
        if not _is_allowed(request):
            request.oauth2_error = {"error": "invalid_token"}
            return False
        return True

    def _has_former_secret(self, request: Any) -> bool:
        """The library compares with one secret of the client that it has loaded."""
        client: ApiClient | None = request.client
        former = client.valid_former_secret() if client is not None else ""
        if client is None or not former:
            return False
        present, client.client_secret = client.client_secret, former
        try:
            return bool(super().authenticate_client(request))
        finally:
            client.client_secret = present


def _is_allowed(request: Any) -> bool:
    """`request` is oauthlib's, whose headers are Django's META."""
    plain = HttpRequest()
    plain.META = dict(request.headers)
    address = client_ip(plain)
    if not may_come_from(address, request.client.allowed_addresses):
        return False
    mark_used(request.client, address)
    return True
