"""System checks that stop an unsafe production from starting."""

from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def register_checks() -> None:
    register(check_production, Tags.security, deploy=False)


def check_production(**_: Any) -> list[CheckMessage]:
    """Runs at every start: commands (including migrate and the worker) and config/wsgi.py run the checks."""
    if not settings.PRODUCTION:
        return []
    errors: list[CheckMessage] = []
    if settings.DEBUG:
        errors.append(Error("DEBUG must be off: it shows settings and data to anyone.", id="config.E001"))
    if len(settings.SECRET_KEY) < 50:
        errors.append(Error("SECRET_KEY must have at least 50 characters.", id="config.E002"))
    if "*" in settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS must not contain '*'.", id="config.E003"))
    if not settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS must not be empty.", id="config.E004"))
    if "*" in settings.GATEWAY_HOSTS_ALLOWED:
        errors.append(
            Error("GATEWAY_HOSTS_ALLOWED must not contain '*': cards would go anywhere.", id="config.E006")
        )
    try:
        MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
    except ValueError:
        errors.append(
            Error("ENCRYPTION_KEYS must contain at least one key, and only Fernet keys.", id="config.E005")
        )
    return errors
