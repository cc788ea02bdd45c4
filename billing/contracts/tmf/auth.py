"""Who calls: OAuth 2.0 clients with scopes, and people and programs with the tokens of the other contracts.

A scope stands for a permission: a client needs the scope, everybody else the permission.
"""

from dataclasses import dataclass
from typing import Any

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from oauth2_provider.models import AbstractAccessToken
from oauth2_provider.scopes import SettingsScopes
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from config.kit.api.authentication import TokenAuthentication

PERMISSIONS = {
    "read": "billing.view_payment",
    "pay": "billing.add_payment",
    "refund": "billing.refund_payment",
    "hub": "billing.add_eventsubscription",
}

AUTHENTICATION: tuple[type[BaseAuthentication], ...] = (
    OAuth2Authentication,
    JWTAuthentication,
    TokenAuthentication,
)


class ClientScopes(SettingsScopes):
    """A client may ask for the scopes that it was given, and gets all of them where it names none."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        return application.scopes.split() if application is not None else list(PERMISSIONS)

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        return self.get_available_scopes(application)


class HasScope(BasePermission):
    """The view's `scopes` say which one a method takes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = view.scopes.get(request.method, "read")
        if isinstance(request.auth, AbstractAccessToken):
            return request.auth.is_valid([scope])
        return bool(request.user and request.user.has_perm(PERMISSIONS[scope]))


@dataclass(frozen=True)
class Caller:
    """`name` tells callers apart: a correlator id and an event subscription belong to one."""

    name: str
    user_id: int | None


def caller_of(request: Request) -> Caller:
    if isinstance(request.auth, AbstractAccessToken):
        client: Any = request.auth.application
        return Caller(f"client:{client.client_id}", client.user_id)
    return Caller(f"user:{request.user.pk}", request.user.pk)
