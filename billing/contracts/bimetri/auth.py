"""Bimetri's tokens: JWT (HS256), sent as `Authorization: Bearer <JWT>`."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser

from config.kit.contracts import credentials
from config.kit.identity.models import Contract

LIFETIME = timedelta(days=1)
REMEMBERED_LIFETIME = timedelta(days=90)
"""With `rememberMe`."""


class BimetriAuthentication(credentials.BearerAuthentication):
    contract = Contract.BIMETRI


def issue_token(user: AbstractBaseUser, *, remember: bool, address: str = "") -> str:
    lifetime = REMEMBERED_LIFETIME if remember else LIFETIME
    return str(credentials.issue_token(user, login=Contract.BIMETRI, lifetime=lifetime, address=address))
