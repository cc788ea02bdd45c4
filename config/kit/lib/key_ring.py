"""The keys of ENCRYPTION_KEYS, the newest first, and what is derived from them.

Each key has an id, which stands before everything that was made with it. It is never used itself: a key for each
purpose is derived from it (HKDF-SHA256), so that a ciphertext of one table means nothing to another, and no key
encrypts so much that random nonces could meet.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from config.kit.lib.master_keys import WRAPPED, described, unwrap

KEY_ID_LENGTH = 8


@dataclass(frozen=True)
class DataKey:
    """`id`: eight hexadecimal digits. `secret`: 32 bytes. `master` is the name of the key that wraps it, "" for none;
    a wrapped key tells `since` when it is there.
    """

    id: str
    secret: bytes = field(repr=False)
    master: str = ""
    since: date | None = None

    def derive(self, purpose: str) -> bytes:
        return _derive(self.secret, purpose)


@lru_cache(maxsize=1)
def data_keys() -> list[DataKey]:
    """The newest first. Master keys are asked once in the life of a process. Raises as `read_keys` does, and
    ImproperlyConfigured without any.
    """
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty")
    return read_keys(settings.ENCRYPTION_KEYS, settings.MASTER_KEYS)


def read_keys(texts: Sequence[str], masters: Sequence[str]) -> list[DataKey]:
    """Raises UnwrapError for a wrapped key that no master key unwraps, ValueError for a text that is no key."""
    return [_read_key(text, masters) for text in texts]


def newest_key() -> DataKey:
    return data_keys()[0]


def find_key(key_id: str) -> DataKey | None:
    return next((key for key in data_keys() if key.id == key_id), None)


@lru_cache(maxsize=256)
def cipher(key: DataKey, purpose: str) -> AESGCM:
    return AESGCM(key.derive(f"seal {purpose}"))


@lru_cache(maxsize=1)
def former_cipher() -> MultiFernet:
    """What was encrypted before ciphertexts were bound to their place."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key.secret)) for key in data_keys()])


def _read_key(text: str, masters: Sequence[str]) -> DataKey:
    if text.startswith(WRAPPED):
        secret, (master, since) = unwrap(text, masters), described(text)
    else:
        Fernet(text)  # the rule for a key: 32 bytes in URL-safe base64
        secret, master, since = base64.urlsafe_b64decode(text), "", None
    return DataKey(_derive(secret, "key id")[: KEY_ID_LENGTH // 2].hex(), secret, master, since)


@lru_cache(maxsize=256)
def _derive(secret: bytes, purpose: str) -> bytes:
    info = b"payments-back-office " + purpose.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def _forget(*, setting: str, **_: Any) -> None:
    if setting in ("ENCRYPTION_KEYS", "MASTER_KEYS"):
        for function in (data_keys, cipher, former_cipher):
            function.cache_clear()


setting_changed.connect(_forget)
