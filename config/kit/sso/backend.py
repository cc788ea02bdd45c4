"""Users of the provider: who they are, and which roles their groups give them."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from config.kit.sso import provider
from config.kit.sso.models import ProviderAccount

ASKED = {
    "OIDC_OP_TOKEN_ENDPOINT", "OIDC_OP_USER_ENDPOINT", "OIDC_OP_JWKS_ENDPOINT", "OIDC_RP_CLIENT_ID",
    "OIDC_RP_CLIENT_SECRET", "OIDC_RP_SIGN_ALGO", "OIDC_RP_IDP_SIGN_KEY",
}  # fmt: skip


class ProviderBackend(OIDCAuthenticationBackend):
    """The library checks state, nonce, PKCE, signature and expiry, and not for whom a token is: see `verify_token`."""

    get_settings = staticmethod(provider.get_settings)

    def __init__(self) -> None:
        """Asks the provider nothing: Django makes all backends for each log-in, and this one for each request."""
        self.UserModel = User

    def __getattr__(self, name: str) -> Any:
        if name in ASKED:
            return provider.get_settings(name)
        raise AttributeError(name)

    def authenticate(self, request: Any, **credentials: Any) -> User | None:
        """Of the provider's answer only: log-in pages with a password come here, too."""
        if not provider.is_offered() or "nonce" not in credentials:
            return None
        user: User | None = super().authenticate(request, **credentials)
        return user

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """Raises SuspiciousOperation for another provider's token, and for one of another of its programs."""
        payload: dict[str, Any] = super().verify_token(token, **kwargs)
        audience = payload.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        client = settings.OIDC_RP_CLIENT_ID
        if payload.get("iss") != settings.OIDC_ISSUER or client not in audiences:
            raise SuspiciousOperation("The token is not for this site.")
        if len(audiences) > 1 and payload.get("azp") != client:
            raise SuspiciousOperation("The token was issued to another program.")
        return payload

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:
        claims: dict[str, Any] = super().get_userinfo(access_token, id_token, payload)
        if not payload.get("sub") or claims.get("sub") != payload["sub"]:
            raise SuspiciousOperation("Token and user information are of different people.")
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Nobody comes in without a role."""
        return bool(_roles_of(claims))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        return User.objects.filter(
            provider_account__issuer=settings.OIDC_ISSUER, provider_account__subject=claims["sub"]
        )

    def create_user(self, claims: dict[str, Any]) -> User:
        """Raises SuspiciousOperation where a user of this site has the name: it may be somebody else."""
        name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])[:150]
        if User.objects.filter(username__iexact=name).exists():
            raise SuspiciousOperation("A user of this site has this name.")
        with transaction.atomic():
            user = User.objects.create_user(name, email=str(claims.get("email") or "")[:254])
            ProviderAccount.objects.create(user=user, issuer=settings.OIDC_ISSUER, subject=claims["sub"])
            return self.update_user(user, claims)

    def update_user(self, user: User, claims: dict[str, Any]) -> User:
        """Roles and name are the provider's. What a superuser gave besides roles stays."""
        with transaction.atomic():
            user.is_staff = True
            user.first_name = str(claims.get("given_name") or "")[:150]
            user.last_name = str(claims.get("family_name") or "")[:150]
            user.save(update_fields=["is_staff", "first_name", "last_name"])
            user.groups.set(_roles_of(claims))
        return user

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


def _roles_of(claims: dict[str, Any]) -> list[Group]:
    groups = claims.get("groups")
    known = groups if isinstance(groups, list) else []
    names = {
        settings.OIDC_ROLES[group]
        for group in known
        if isinstance(group, str) and group in settings.OIDC_ROLES
    }
    return list(Group.objects.filter(name__in=names))
