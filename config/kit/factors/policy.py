"""Whose log-in needs a second factor."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet
from django_otp_webauthn.models import WebAuthnCredential

from config.kit.factors.models import AuthenticatorApp


def is_required(user: Any) -> bool:
    """Of people who may do more than look. Programs have no factor, and do not log in to the desk."""
    return settings.SECOND_FACTOR_REQUIRED and _is_person(user) and _may_act(user)


def has_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    return any(rows.exists() for rows in factors_of(user))


def factors_of(user: AbstractBaseUser | AnonymousUser) -> list[QuerySet[Any]]:
    """Those that are in use. Recovery codes are no factor of their own: they replace one that is lost."""
    return [
        WebAuthnCredential.objects.filter(user=user, confirmed=True).order_by("pk"),
        AuthenticatorApp.objects.filter(user=user, confirmed=True).order_by("pk"),
    ]


def _is_person(user: Any) -> bool:
    return bool(user.is_staff or user.is_superuser)


def _may_act(user: Any) -> bool:
    return user.is_superuser or not all(map(_only_looks, user.get_all_permissions()))


def _only_looks(permission: str) -> bool:
    codename = permission.partition(".")[2]
    return codename.startswith("view_") and not codename.endswith("_secrets")
