"""Naviga's five headers, checked in the order of the contract's page."""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import User
from rest_framework import exceptions
from rest_framework.request import Request

from billing.contracts.naviga.errors import RequestError
from billing.models import SourceSystem, Tenant
from config.kit.contracts.credentials import BearerAuthentication
from config.kit.identity.access import reach_of
from config.kit.identity.models import Contract

REQUIRED = ("Authorization", "X-SourceSystem", "X-MediaGroupCode", "X-ClientCode", "X-PaperCode")


class NavigaAuthentication(BearerAuthentication):
    """The token may also come without its scheme."""

    contract = Contract.NAVIGA

    def get_raw_token(self, header: bytes) -> bytes | None:
        bare = header.strip()
        is_token = bare.count(b".") == 2 and len(bare.split()) == 1
        return bare if is_token else super().get_raw_token(header)


@dataclass(frozen=True)
class Site:
    """The site that sent a request. `tenant` is None if no active tenant that the token's user is for has the three
    codes.
    """

    source_system: SourceSystem
    tenant: Tenant | None


def identify(request: Request, permission: str) -> Site:
    """Raises RequestError: for missing headers, then the source system, then the token and its user's permission."""
    for name in REQUIRED:
        if not request.headers.get(name, "").strip():
            raise RequestError(f"{name} is missing.", 400)
    source_system = SourceSystem.objects.filter(code=_code(request, REQUIRED[1]), is_active=True).first()
    if source_system is None:
        raise RequestError("Invalid Source System.", 401)
    authenticate(request, permission)
    media_group, client, paper = (_code(request, name) for name in REQUIRED[2:])
    tenants = Tenant.objects.filter(media_group_code=media_group, client_code=client, paper_code=paper)
    tenant = tenants.filter(is_active=True).first()
    if tenant is not None and not reach_of(request.user).has_tenant(tenant.pk):
        tenant = None
    return Site(source_system, tenant)


def authenticate(request: Request, permission: str) -> None:
    """Raises RequestError unless the token is valid and its user has the permission."""
    try:
        found = NavigaAuthentication().authenticate(request)
    except exceptions.AuthenticationFailed:  # also simplejwt's
        found = None
    user = cast(User, found[0]) if found else None
    if user is None or not user.has_perm(permission):
        raise RequestError("Invalid authorization.", 401)
    request.user = user


def _code(request: Request, name: str) -> str:
    """PostgreSQL's texts hold no NUL: without it such a code matches nothing."""
    return request.headers[name].strip().replace("\0", "")
