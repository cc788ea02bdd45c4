"""JWTs of users, signed with SECRET_KEY. What one of SECRET_KEY_FALLBACKS has signed is read until it expires."""

from typing import Any

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken
from rest_framework_simplejwt.tokens import AccessToken

ALGORITHM = "HS256"


class _RotatedKeys(TokenBackend):
    def encode(self, payload: dict[str, Any]) -> str:
        return TokenBackend(ALGORITHM, settings.SECRET_KEY).encode(payload)

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        wrong: TokenBackendError = TokenBackendError("Token is invalid")
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return TokenBackend(ALGORITHM, key).decode(token, verify)
            except TokenBackendExpiredToken:
                raise
            except TokenBackendError as error:
                wrong = error
        raise wrong


class UserToken(AccessToken):
    _token_backend = _RotatedKeys(ALGORITHM)
