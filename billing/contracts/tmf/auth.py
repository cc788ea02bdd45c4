"""Credentials and rights: OAuth 2.0 clients with scopes, and users with a JWT or a token of the native API.

Each scope stands for a permission: an OAuth client needs the scope, a user the permission.
"""

from dataclasses import dataclass
from typing import Any

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from oauth2_provider.models import AbstractAccessToken
from oauth2_provider.scopes import SettingsScopes
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from config.kit.api.authentication import TokenAuthentication
from config.kit.contracts.credentials import BearerAuthentication
from config.kit.identity.access import Reach, reach_of, reach_of_id
from config.kit.identity.models import Contract

PERMISSIONS = {
    "read": "billing.view_payment",
    "pay": "billing.add_payment",
    "record": "billing.record_payment",
    "refund": "billing.refund_payment",
    "hub": "billing.add_eventsubscription",
    "methods": "billing.add_paymentmethod",
    "change_methods": "billing.change_paymentmethod",
}


class TmfBearerAuthentication(BearerAuthentication):
    contract = Contract.TMF


class TmfTokenAuthentication(TokenAuthentication):
    contract = Contract.TMF


AUTHENTICATION: tuple[type[BaseAuthentication], ...] = (
    OAuth2Authentication,
    TmfBearerAuthentication,
    TmfTokenAuthentication,
)


class ClientScopes(SettingsScopes):
    """A client may request the scopes that it was given; without a `scope` parameter it gets all of them."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        return application.scopes.split() if application is not None else list(PERMISSIONS)

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        return self.get_available_scopes(application)


class HasScope(BasePermission):
    """One of the scopes that the view's `scopes` name for the method, "read" by default."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return any(has_scope(request, scope) for scope in view.scopes.get(request.method, ("read",)))


def has_scope(request: Request, scope: str) -> bool:
    if isinstance(request.auth, AbstractAccessToken):
        return bool(request.auth.is_valid([scope]))
    return bool(request.user and request.user.has_perm(PERMISSIONS[scope]))


def require_scope(request: Request, scope: str) -> None:
    if not has_scope(request, scope):
        raise PermissionDenied


@dataclass(frozen=True)
class Client:
    """Who sent a request. `name` is unique: correlator ids and event subscriptions belong to one client."""

    name: str
    user_id: int | None
    reach: Reach


def client_of(request: Request) -> Client:
    if isinstance(request.auth, AbstractAccessToken):
        application: Any = request.auth.application
        return Client(
            f"client:{application.client_id}", application.user_id, reach_of_id(application.user_id)
        )
    return Client(f"user:{request.user.pk}", request.user.pk, reach_of(request.user))
