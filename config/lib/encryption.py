"""Encryption at rest with rotatable keys.

`settings.ENCRYPTION_KEYS` is a list of Fernet keys: the first encrypts, all decrypt. To rotate: put a new key in
front, restart, run `manage.py rotate_encryption_keys`, take the old key out.
"""

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import models

__all__ = ["EncryptedJSONField", "InvalidToken", "decrypt", "encrypt", "rotate"]


@lru_cache(maxsize=1)
def _fernet() -> MultiFernet:
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty")
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


def _forget_keys(*, setting: str, **_: Any) -> None:
    if setting == "ENCRYPTION_KEYS":
        _fernet.cache_clear()


setting_changed.connect(_forget_keys)


def encrypt(text: str) -> str:
    """`text` under the first key, as URL-safe base64."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text behind `token`. Raises InvalidToken where no key fits."""
    return _fernet().decrypt(token.encode()).decode()


def rotate(token: str) -> str:
    """The same text under the first key."""
    return _fernet().rotate(token.encode()).decode()


class EncryptedJSONField(models.TextField):
    """JSON that the database sees only encrypted. Not searchable, not in forms, never in an audit row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(decrypt(value))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(json.dumps(value))

    def to_python(self, value: Any) -> Any:
        return value
