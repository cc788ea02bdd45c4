"""`Authorization: Token <key>` (django-rest-knox, which stores hashes of the keys), and the browsable API's session."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.authentication import SessionAuthentication as RestSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from config.kit.contracts.client_ip import client_ip
from config.kit.factors import session
from config.kit.identity import logins
from config.kit.identity.access import contracts_of
from config.kit.identity.models import Contract


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox's, for users who are for `contract`; 401 instead of a server error for a token that is not ASCII."""

    contract: ClassVar[Contract] = Contract.OMNITRON

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, Any] | None:
        found: tuple[AbstractBaseUser, Any] | None = super().authenticate(request)
        if found is not None:
            logins.mark_used(found[1].digest, client_ip(request))
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[AbstractBaseUser, object]:
        if not token.isascii():
            raise AuthenticationFailed("Invalid token.")
        user, key = super().authenticate_credentials(token)
        if self.contract not in contracts_of(user, login=Contract.OMNITRON):  # keys come from its login
            raise AuthenticationFailed("Invalid token.")
        return user, key


class SessionAuthentication(RestSessionAuthentication):
    """The browsable API. What writes needs a second factor that was shown just now, as in the admin."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, None] | None:
        found: tuple[AbstractBaseUser, None] | None = super().authenticate(request)
        if found is not None and request.method not in SAFE_METHODS and session.is_stale(request._request):
            raise PermissionDenied(_STALE)
        return found


_STALE = (
    "Your second factor was shown too long ago. Show it again at /admin/second-factor/ask/, then repeat this."
)
