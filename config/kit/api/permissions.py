"""Permissions of clients: Django's model permissions, reading included."""

from typing import Any

from django.db.models import Model
from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.request import Request


class ModelPermissions(DjangoModelPermissions):
    """An action that writes another model than the view's names it: `@action(permission_model=BinNumber)`."""

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
        "OPTIONS": ["%(app_label)s.view_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: Any) -> bool:
        model: type[Model] | None = getattr(view, "permission_model", None)
        if model is None:
            return super().has_permission(request, view)
        if not request.user.is_authenticated:
            return False
        return request.user.has_perms(self.get_required_permissions(request.method or "", model))


def requires(permission: str) -> type[BasePermission]:
    """A permission class for users that hold `permission` ("billing.add_payment")."""

    class HasPermission(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return bool(request.user and request.user.has_perm(permission))

    return HasPermission
