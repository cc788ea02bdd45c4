"""System checks that stop an unsafe production from starting."""

from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.http.request import validate_host

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


def register_checks() -> None:
    register(check_production, Tags.security, deploy=False)


def check_production(**_: Any) -> list[CheckMessage]:
    """Runs at every start: commands (including migrate and the worker) and config/wsgi.py run the checks."""
    if not settings.PRODUCTION:
        return _check_development()
    errors: list[CheckMessage] = _check_addresses()
    if settings.DEBUG:
        errors.append(Error("DEBUG must be off: it shows settings and data to anyone.", id="config.E001"))
    if len(settings.SECRET_KEY) < 50:
        errors.append(Error("SECRET_KEY must have at least 50 characters.", id="config.E002"))
    if "*" in settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS must not contain '*'.", id="config.E003"))
    if not settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS must not be empty.", id="config.E004"))
    if settings.OIDC_ISSUER and urlsplit(settings.OIDC_ISSUER).scheme != "https":
        errors.append(Error("OIDC_ISSUER must be an https address.", id="config.E011"))
    if "*" in settings.GATEWAY_HOSTS_ALLOWED:
        errors.append(
            Error("GATEWAY_HOSTS_ALLOWED must not contain '*': cards would go anywhere.", id="config.E010")
        )
    try:
        MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
    except ValueError:
        errors.append(
            Error("ENCRYPTION_KEYS must contain at least one key, and only Fernet keys.", id="config.E005")
        )
    return errors


def _check_addresses() -> list[CheckMessage]:
    """Banks and payers are sent to PUBLIC_URL; what counts addresses must know the payer's, not the proxy's."""
    errors: list[CheckMessage] = []
    public = urlsplit(settings.PUBLIC_URL)
    host = public.hostname or ""
    if public.scheme != "https" or host in LOOPBACK or public.path:
        errors.append(
            Error("PUBLIC_URL must be the https address of the site, without a path.", id="config.E006")
        )
    elif not validate_host(host, settings.ALLOWED_HOSTS):
        errors.append(Error("ALLOWED_HOSTS must contain the host of PUBLIC_URL.", id="config.E007"))
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
    if behind_proxy and not settings.REST_FRAMEWORK["NUM_PROXIES"]:
        text = "With BEHIND_TLS_PROXY, NUM_PROXIES must be the number of proxies: else all payers share one address."
        errors.append(Error(text, id="config.E008"))
    return errors


def _check_development() -> list[CheckMessage]:
    """A site that others reach is production, whatever was forgotten."""
    others = [host for host in settings.ALLOWED_HOSTS if host not in {*LOOPBACK, "testserver"}]
    if not others:
        return []
    text = f"ENVIRONMENT must be production where others are served ({', '.join(others)})."
    return [Error(text, id="config.E009")]
