"""What mozilla-django-oidc asks of the settings: ours, and the addresses that the provider publishes of itself."""

from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from mozilla_django_oidc.utils import import_from_settings

SECONDS = 10.0
KEPT = 3600
"""Seconds that the provider's addresses are known for."""

PUBLISHED = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
    "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
    "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
    "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
}
FIXED: dict[str, Any] = {
    "OIDC_RP_SIGN_ALGO": "RS256",
    "OIDC_RP_SCOPES": "openid email profile groups",
    "OIDC_USE_PKCE": True,
    "OIDC_TIMEOUT": SECONDS,
    "OIDC_RP_IDP_SIGN_KEY": None,
}


def is_offered() -> bool:
    return bool(settings.OIDC_ISSUER)


def get_settings(name: str, *default: Any) -> Any:
    """In place of the library's function of that name."""
    if name in PUBLISHED:
        return _published()[PUBLISHED[name]]
    if name in FIXED:
        return FIXED[name]
    if name == "OIDC_RENEW_ID_TOKEN_EXPIRY_SECONDS":
        return settings.OIDC_CHECK_SECONDS
    return import_from_settings(name, *default)


def _published() -> dict[str, Any]:
    """Raises SuspiciousOperation if the provider calls itself something else (OpenID Connect Discovery, 4.3)."""
    issuer = settings.OIDC_ISSUER
    key = f"oidc-{quote(issuer, safe='')}"
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        answer = requests.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=SECONDS)
        answer.raise_for_status()
        known = dict(answer.json())
        if known["issuer"] != issuer:
            raise SuspiciousOperation("The provider has another name than OIDC_ISSUER.")
        cache.set(key, known, KEPT)
    return known
