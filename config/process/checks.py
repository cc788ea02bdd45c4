"""System checks that refuse an unsafe production."""

from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=False)
def check_production(**_: Any) -> list[CheckMessage]:
    """Runs at every start: commands (migrate and the worker among them) and config/wsgi.py call the checks."""
    if not settings.PRODUCTION:
        return []
    errors: list[CheckMessage] = []
    if settings.DEBUG:
        errors.append(Error("DEBUG shows settings and data to strangers.", id="config.E001"))
    if len(settings.SECRET_KEY) < 50:
        errors.append(Error("SECRET_KEY is shorter than 50 characters.", id="config.E002"))
    if "*" in settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS allows every host.", id="config.E003"))
    if not settings.ALLOWED_HOSTS:
        errors.append(Error("ALLOWED_HOSTS is empty.", id="config.E004"))
    try:
        MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
    except ValueError:
        errors.append(Error("ENCRYPTION_KEYS has no key, or one that is no Fernet key.", id="config.E005"))
    return errors
