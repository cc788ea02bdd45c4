"""Encryption at rest with rotatable keys, and keyed fingerprints for looking up encrypted values.

`settings.ENCRYPTION_KEYS` is a list of Fernet keys: the first encrypts, all decrypt. To rotate: put a new key in
front, restart, run `manage.py rotate_encryption_keys`, remove the old key. A fingerprint begins with the id of its key,
which shows the rows that are still under an old one.
"""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import models

__all__ = [
    "EncryptedJSONField",
    "FingerprintField",
    "InvalidToken",
    "decrypt",
    "decrypt_bytes",
    "encrypt",
    "encrypt_bytes",
    "fingerprint",
    "fingerprints",
    "newest_key_id",
    "rotate",
]

_FINGERPRINT_LENGTH = 52  # eight hex digits of the key's id, a colon, 32 bytes in base64


@lru_cache(maxsize=1)
def _fernet() -> MultiFernet:
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty")
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


def _forget_keys(*, setting: str, **_: Any) -> None:
    if setting == "ENCRYPTION_KEYS":
        _fernet.cache_clear()
        _fingerprint_keys.cache_clear()


setting_changed.connect(_forget_keys)


def encrypt(text: str) -> str:
    """Encrypt with the first key. Returns a Fernet token (URL-safe base64)."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises InvalidToken if no key decrypts `token`."""
    return _fernet().decrypt(token.encode()).decode()


def rotate(token: str) -> str:
    """Re-encrypt with the first key. Raises InvalidToken if no key decrypts `token`."""
    return _fernet().rotate(token.encode()).decode()


def encrypt_bytes(data: bytes) -> bytes:
    return _fernet().encrypt(data)


def decrypt_bytes(token: bytes) -> bytes:
    """Raises InvalidToken if no key decrypts `token`."""
    return _fernet().decrypt(token)


@lru_cache(maxsize=1)
def _fingerprint_keys() -> list[tuple[str, bytes]]:
    """For each encryption key its id and the fingerprint key derived from it."""
    raw = [base64.urlsafe_b64decode(key) for key in settings.ENCRYPTION_KEYS]
    return [(_derive(key, b"key id")[:4].hex(), _derive(key, b"fingerprint")) for key in raw]


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"payments-back-office " + purpose).derive(key)


def newest_key_id() -> str:
    """Eight hexadecimal digits: the prefix of all fingerprints under the first key."""
    return _fingerprint_keys()[0][0]


def fingerprint(text: str, purpose: str) -> str:
    """HMAC-SHA256 of `text` under the first key, as `key id:base64`. Different purposes give different hashes."""
    return _fingerprint(_fingerprint_keys()[0], text, purpose)


def fingerprints(text: str, purpose: str) -> list[str]:
    """The fingerprints of `text` under all keys, as rows written before a rotation have old ones."""
    return [_fingerprint(key, text, purpose) for key in _fingerprint_keys()]


def _fingerprint(key: tuple[str, bytes], text: str, purpose: str) -> str:
    digest = hmac.digest(key[1], f"{purpose}\0{text}".encode(), hashlib.sha256)
    return f"{key[0]}:{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


class EncryptedJSONField(models.TextField):
    """JSON stored encrypted. Not searchable, not editable in forms; keep it out of history tables."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(decrypt(value))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(json.dumps(value))

    def to_python(self, value: Any) -> Any:
        return value


class FingerprintField(models.CharField):
    """The fingerprint of `source[of]`, a value inside an EncryptedJSONField, for looking up rows. Set on save.

    `scope` names a column that is hashed with the value, so that equal values of two owners differ.
    """

    def __init__(
        self, *args: Any, of: str, source: str, purpose: str, scope: str = "", **kwargs: Any
    ) -> None:
        kwargs["editable"] = False
        kwargs["max_length"] = _FINGERPRINT_LENGTH
        self.of, self.source, self.purpose, self.scope = of, source, purpose, scope
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        own = {"of": self.of, "source": self.source, "purpose": self.purpose, "scope": self.scope}
        return name, path, args, {**kwargs, **own}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        scope = getattr(model_instance, self.scope) if self.scope else ""
        value = fingerprint(self.text(getattr(model_instance, self.source)[self.of], scope), self.purpose)
        setattr(model_instance, self.attname, value)
        return value

    def text(self, value: str, scope: Any = "") -> str:
        """The hashed text."""
        return f"{scope}\0{value}" if self.scope else value

    def candidates(self, value: str, scope: Any = "") -> list[str]:
        """For look-ups under all keys: `filter(column__in=field.candidates(value))`."""
        return fingerprints(self.text(value, scope), self.purpose)
