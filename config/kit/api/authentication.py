"""Who calls: `Authorization: Token <key>`, keys stored as hashes (django-rest-knox)."""

from django.contrib.auth.models import AbstractBaseUser
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox's, but a token that is not text is a bad token and not a server error."""

    def authenticate_credentials(self, token: bytes) -> tuple[AbstractBaseUser, object]:
        if not token.isascii():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)
