"""System checks that stop an unsafe production from starting."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host

from config.kit.lib.key_ring import read_keys
from config.kit.lib.master_keys import UnwrapError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
YEAR_SECONDS = 31_536_000
ENCRYPTED_MODES = ("require", "verify-ca", "verify-full")


def register_checks() -> None:
    register(check_production, Tags.security, deploy=False)
    register(check_advice, Tags.security, deploy=True)


def check_production(**_: Any) -> list[CheckMessage]:
    """Runs at every start: commands (including migrate and the worker) and config/wsgi.py run the checks."""
    if not settings.PRODUCTION:
        return _check_development()
    groups = (_check_addresses, _check_keys, _check_transport, _check_doors, _check_limits)
    return [message for group in groups for message in group()]


def check_advice(**_: Any) -> list[CheckMessage]:
    """`manage.py check --deploy`: what may be meant, and weakens a control of docs/security.md."""
    return list(_find_advice()) if settings.PRODUCTION else []


def _find_advice() -> Iterator[CheckMessage]:
    if not settings.SECOND_PERSON_FOR_CONFIGURATION:
        text = "SECOND_PERSON_FOR_CONFIGURATION is off: one person can point a POS at a host of their own."
        yield Warning(text, id="config.W001")
    if not settings.SECOND_FACTOR_REQUIRED:
        text = "SECOND_FACTOR_REQUIRED is off: a password alone moves money (PCI DSS 8.4.2)."
        yield Warning(text, id="config.W004")
    if _is_remote_database() and _sslmode() != "verify-full":
        text = "DATABASE_URL should say sslmode=verify-full: else nobody checks which server answers."
        yield Warning(text, id="config.W002")
    elsewhere = settings.AUDIT_ANCHOR_SYSLOG or settings.AUDIT_ANCHOR_S3
    if not elsewhere and settings.AUDIT_ANCHOR_FILE.is_relative_to(settings.VAR_DIR):
        text = "Seals of the audit log stay on this machine: set AUDIT_ANCHOR_S3, or AUDIT_ANCHOR_FILE elsewhere."
        yield Warning(text, id="config.W003")


def _check_addresses() -> Iterator[CheckMessage]:
    """Banks and payers are sent to PUBLIC_URL; what counts addresses must know the payer's, not the proxy's."""
    if "*" in settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS must not contain '*'.", id="config.E003")
    if not settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS must not be empty.", id="config.E004")
    public = urlsplit(settings.PUBLIC_URL)
    host = public.hostname or ""
    if public.scheme != "https" or host in LOOPBACK or public.path:
        yield Error("PUBLIC_URL must be the https address of the site, without a path.", id="config.E006")
    elif not validate_host(host, settings.ALLOWED_HOSTS):
        yield Error("ALLOWED_HOSTS must contain the host of PUBLIC_URL.", id="config.E007")
    proxies, behind_proxy = (
        cast(int, settings.REST_FRAMEWORK["NUM_PROXIES"]),
        settings.SECURE_PROXY_SSL_HEADER is not None,
    )
    if behind_proxy and proxies < 1:
        text = "With BEHIND_TLS_PROXY, NUM_PROXIES must be the number of proxies: else all payers share one address."
        yield Error(text, id="config.E008")
    if proxies and not behind_proxy:
        text = "NUM_PROXIES needs BEHIND_TLS_PROXY: else anybody writes the address that is counted."
        yield Error(text, id="config.E019")


def _check_keys() -> Iterator[CheckMessage]:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(len(secret) < 50 for secret in secrets):
        text = "SECRET_KEY and SECRET_KEY_FALLBACKS must have at least 50 characters each."
        yield Error(text, id="config.E002")
    if any(len(set(secret)) < 10 or secret.startswith("django-insecure-") for secret in secrets):
        text = "SECRET_KEY and SECRET_KEY_FALLBACKS must be random: secrets.token_urlsafe(50) makes one."
        yield Error(text, id="config.E011")
    if len(set(secrets)) < len(secrets):
        yield Error("SECRET_KEY_FALLBACKS must not repeat a key: nothing was rotated.", id="config.E012")
    yield from _check_encryption_keys()


def _check_encryption_keys() -> Iterator[CheckMessage]:
    try:
        keys = [key.secret for key in read_keys(settings.ENCRYPTION_KEYS, settings.MASTER_KEYS)]
    except UnwrapError as error:
        yield Error(f"ENCRYPTION_KEYS has a key that is not unwrapped: {error}.", id="config.E025")
        return
    except ValueError:
        keys = []
    if not keys:
        text = "ENCRYPTION_KEYS must contain at least one key, and only Fernet or wrapped keys."
        yield Error(text, id="config.E005")
    if len(set(keys)) < len(keys) or any(len(set(key)) < 12 for key in keys):
        text = "ENCRYPTION_KEYS must be random keys, and none twice: Fernet.generate_key() makes one."
        yield Error(text, id="config.E013")


def _check_transport() -> Iterator[CheckMessage]:
    if not settings.SECURE_SSL_REDIRECT:
        yield Error("SECURE_SSL_REDIRECT must be on: passwords would go in clear.", id="config.E014")
    if settings.SECURE_HSTS_SECONDS < YEAR_SECONDS:
        yield Error(f"SECURE_HSTS_SECONDS must be at least {YEAR_SECONDS}, a year.", id="config.E015")
    if _is_remote_database() and _sslmode() not in ENCRYPTED_MODES:
        text = "DATABASE_URL must say sslmode=verify-full (or verify-ca, require) for a server on another machine."
        yield Error(text, id="config.E020")


def _is_remote_database() -> bool:
    database = settings.DATABASES["default"]
    host = database["OPTIONS"].get("host") or database["HOST"]
    return bool(host) and host not in LOOPBACK and not host.startswith("/")


def _sslmode() -> str:
    return str(settings.DATABASES["default"]["OPTIONS"].get("sslmode", "prefer"))


def _check_doors() -> Iterator[CheckMessage]:
    """What is open in development, or for a trial."""
    if settings.DEBUG:
        yield Error("DEBUG must be off: it shows settings and data to anyone.", id="config.E001")
    if settings.LOGGING["root"]["level"] in ("DEBUG", "NOTSET"):
        yield Error("LOG_LEVEL must not be DEBUG: libraries log what they send.", id="config.E016")
    if "*" in settings.GATEWAY_HOSTS_ALLOWED:
        text = "GATEWAY_HOSTS_ALLOWED must not contain '*': cards would go anywhere."
        yield Error(text, id="config.E010")
    if "*" in settings.LOGO_HOSTS:
        yield Error("LOGO_HOSTS must name hosts.", id="config.E017")
    if settings.HUB_ALLOW_PRIVATE_CALLBACKS:
        text = "HUB_ALLOW_PRIVATE_CALLBACKS must be off: listeners would reach the internal network."
        yield Error(text, id="config.E018")
    if settings.OIDC_ISSUER and urlsplit(settings.OIDC_ISSUER).scheme != "https":
        yield Error("OIDC_ISSUER must be an https address.", id="config.E021")
    if not settings.DATABASE_APP_ROLE:
        text = "DATABASE_APP_ROLE must name a role: the tables' owner can rewrite the books."
        yield Error(text, id="config.E022")
    origins = {*settings.CORS_ALLOWED_ORIGINS, *settings.CSRF_TRUSTED_ORIGINS}
    if not all(origin.startswith("https://") and "*" not in origin for origin in origins):
        text = "CORS_ALLOWED_ORIGINS and CSRF_TRUSTED_ORIGINS must be https origins, each in full."
        yield Error(text, id="config.E023")


def _check_limits() -> Iterator[CheckMessage]:
    """Bounds that PCI DSS 4.0.1 and OWASP ASVS 5.0 set, or that keep a typing error from opening a door."""
    bounds: tuple[tuple[str, Any, int, int, str], ...] = (
        ("SESSION_IDLE_SECONDS", settings.SESSION_IDLE_SECONDS, 60, 900, "PCI DSS 8.2.8"),
        ("SESSION_SECONDS", settings.SESSION_COOKIE_AGE, 300, 43_200, "a working day"),
        ("LOGIN_FAILURES", settings.LOGIN_FAILURES, 1, 10, "PCI DSS 8.3.4"),
        ("LOGIN_FAILURES_OF_ACCOUNT", settings.LOGIN_FAILURES_OF_ACCOUNT, 1, 1000, "guessing from many addresses"),
        ("LOGIN_FAILURES_OF_ADDRESS", settings.LOGIN_FAILURES_OF_ADDRESS, 1, 1000, "guessing of many accounts"),
        ("LOGIN_LOCK_SECONDS", settings.LOGIN_LOCK_SECONDS, 1800, 86_400, "PCI DSS 8.3.4"),
        ("SECOND_FACTOR_FRESH_SECONDS", settings.SECOND_FACTOR_FRESH_SECONDS, 1, 900, "a short absence"),
        ("UNUSED_ACCOUNT_DAYS", settings.UNUSED_ACCOUNT_DAYS, 1, 90, "PCI DSS 8.2.6"),
        ("API_TOKEN_DAYS", cast(timedelta, settings.REST_KNOX["TOKEN_TTL"]).days, 1, 365, "a key that is forgotten"),
        ("OAUTH_TOKEN_SECONDS", settings.OAUTH2_PROVIDER["ACCESS_TOKEN_EXPIRE_SECONDS"], 60, 86_400, "stolen tokens"),
        ("THREE_D_TOKEN_DAYS", settings.THREE_D_TOKEN_DAYS, 1, 180, "addresses without end"),
        ("MAX_BODY_BYTES", settings.DATA_UPLOAD_MAX_MEMORY_SIZE, 65_536, 16_777_216, "memory"),
        ("GATEWAY_TIMEOUT_SECONDS", settings.GATEWAY_TIMEOUT_SECONDS, 1, 120, "threads that wait"),
        ("VAULT_KEEP_EXPIRED_DAYS", settings.VAULT_KEEP_EXPIRED_DAYS, 0, 730, "PCI DSS 3.2.1"),
    )  # fmt: skip
    for name, value, least, most, why in bounds:
        if not least <= value <= most:
            yield Error(f"{name} must be between {least} and {most} ({why}).", id="config.E024")


def _check_development() -> list[CheckMessage]:
    """A site that others reach is production, whatever was forgotten."""
    others = [host for host in settings.ALLOWED_HOSTS if host not in {*LOOPBACK, "testserver"}]
    if not others:
        return []
    text = f"ENVIRONMENT must be production where others are served ({', '.join(others)})."
    return [Error(text, id="config.E009")]
