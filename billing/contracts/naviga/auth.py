"""Who calls: five headers, judged in the contract's order."""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import User
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from billing.contracts.naviga.errors import HeaderError
from billing.models import SourceSystem, Tenant

REQUIRED = ("Authorization", "X-SourceSystem", "X-MediaGroupCode", "X-ClientCode", "X-PaperCode")


@dataclass(frozen=True)
class Caller:
    """`tenant` is None where the three codes name none that is active."""

    source_system: SourceSystem
    tenant: Tenant | None


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <JWT>`, the word in any case."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        parts = header.split()
        return parts[1] if len(parts) == 2 and parts[0].lower() == b"bearer" else None


def identify(request: Request, permission: str) -> Caller:
    """Raises HeaderError: what is missing, then the source system, then the token and what its user may do."""
    for name in REQUIRED:
        if not request.headers.get(name, "").strip():
            raise HeaderError(f"{name} is missing.", 400)
    source_system = SourceSystem.objects.filter(code=_code(request, REQUIRED[1]), is_active=True).first()
    if source_system is None:
        raise HeaderError("Invalid Source System.", 401)
    authenticate(request, permission)
    media_group, client, paper = (_code(request, name) for name in REQUIRED[2:])
    tenants = Tenant.objects.filter(media_group_code=media_group, client_code=client, paper_code=paper)
    return Caller(source_system, tenants.filter(is_active=True).first())


def authenticate(request: Request, permission: str) -> None:
    """Raises HeaderError for everything but a token of a user who may do it."""
    try:
        found = BearerAuthentication().authenticate(request)
    except (InvalidToken, AuthenticationFailed, exceptions.AuthenticationFailed):
        found = None
    user = cast(User, found[0]) if found else None
    if user is None or not user.has_perm(permission):
        raise HeaderError("Invalid authorization.", 401)
    request.user = user


def _code(request: Request, name: str) -> str:
    """What no column can hold names nothing."""
    return request.headers[name].strip().replace("\0", "")
