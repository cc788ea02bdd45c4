"""Bimetri's tokens: JWT (HS256), sent as `Authorization: Bearer <JWT>`."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from rest_framework_simplejwt.tokens import AccessToken

LIFETIME = timedelta(days=1)
REMEMBERED_LIFETIME = timedelta(days=90)
"""With `rememberMe`."""


def issue_token(user: AbstractBaseUser, *, remember: bool) -> str:
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=REMEMBERED_LIFETIME if remember else LIFETIME)
    return str(token)
