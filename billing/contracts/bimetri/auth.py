"""Bearer tokens (JWT, HS256) for one day, or 90 days with rememberMe."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import AccessToken

DAY, LONG = timedelta(days=1), timedelta(days=90)


def token_for(user: AbstractBaseUser, *, remember: bool) -> str:
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=LONG if remember else DAY)
    return str(token)


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <JWT>`."""


class MayTakePayments(BasePermission):
    """Portals' users hold the permission to add payments."""

    def has_permission(self, request: Request, view: object) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm("billing.add_payment"))


class MayReadBills(BasePermission):
    def has_permission(self, request: Request, view: object) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm("billing.view_bill"))
