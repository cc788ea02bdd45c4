"""Encryption at rest that is bound to its place, and keyed fingerprints for looking up encrypted values.

A ciphertext decrypts only in the column and row that it was written for: table, column and the row's key are
authenticated with it (AES-256-GCM). Moved to another place by SQL, it is refused. It reads
`1.<key id>.<base64 of nonce and ciphertext>`; what was written by earlier versions (Fernet, bound to nothing) is read
until `manage.py rotate_encryption_keys` has written it anew and the key that it is under is taken out.

`settings.ENCRYPTION_KEYS`: the first key encrypts, all decrypt. To rotate: put a new key in front, restart, run
`manage.py rotate_encryption_keys`, remove the old key.
"""

import base64
import hashlib
import hmac
import json
import os
from typing import Any, NamedTuple, cast

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from config.kit.lib.key_ring import (
    KEY_ID_LENGTH,
    DataKey,
    cipher,
    data_keys,
    find_key,
    former_cipher,
    newest_key,
)

__all__ = [
    "EncryptedJSONField",
    "FingerprintField",
    "InvalidToken",
    "Place",
    "Sealed",
    "fingerprint",
    "fingerprints",
    "newest_key_id",
    "new_prefix",
    "seal",
    "seal_value",
    "unseal",
    "unseal_value",
]

_VERSION = "1"
_NONCE_BYTES = 12
_FINGERPRINT_LENGTH = KEY_ID_LENGTH + 1 + 43  # key id, colon, 32 bytes in base64


class Place(NamedTuple):
    """What a ciphertext is bound to. Each `purpose` (a table, or a kind of file) has a key of its own."""

    purpose: str
    column: str
    row: object

    def bind(self, header: str) -> bytes:
        if self.row is None:
            raise ValueError(
                f"{self.purpose}.{self.column} is encrypted for a row, and the row has no key yet"
            )
        return "\0".join([header, self.purpose, self.column, str(self.row)]).encode()


class Sealed(str):
    """A ciphertext as it is in the database."""

    __slots__ = ()


def new_prefix() -> str:
    """Every ciphertext under the newest key begins with it."""
    return f"{_VERSION}.{newest_key().id}."


def seal(data: bytes, place: Place) -> Sealed:
    """Encrypt with the newest key."""
    header, nonce = new_prefix(), os.urandom(_NONCE_BYTES)
    body = cipher(newest_key(), place.purpose).encrypt(nonce, data, place.bind(header))
    return Sealed(header + base64.urlsafe_b64encode(nonce + body).decode())


def unseal(text: str, place: Place) -> bytes:
    """Raises InvalidToken if no key decrypts `text`, or if it was written for another place."""
    if not text.startswith(f"{_VERSION}."):
        return former_cipher().decrypt(text.encode())
    key_id, _, encoded = text[len(_VERSION) + 1 :].partition(".")
    key = find_key(key_id)
    if key is None:
        raise InvalidToken
    header = f"{_VERSION}.{key_id}."
    try:
        raw = base64.urlsafe_b64decode(encoded)
        box = cipher(key, place.purpose)
        return box.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.bind(header))
    except (InvalidTag, ValueError):
        raise InvalidToken from None


def seal_value(value: Any, place: Place) -> Sealed:
    return seal(json.dumps(value).encode(), place)


def unseal_value(text: str, place: Place) -> Any:
    """Raises InvalidToken."""
    return json.loads(unseal(text, place))


def newest_key_id() -> str:
    """Eight hexadecimal digits: the prefix of all fingerprints under the first key."""
    return newest_key().id


def fingerprint(text: str, purpose: str) -> str:
    """HMAC-SHA256 of `text` under the first key, as `key id:base64`. Different purposes give different hashes."""
    return _fingerprint(newest_key(), text, purpose)


def fingerprints(text: str, purpose: str) -> list[str]:
    """The fingerprints of `text` under all keys, as rows written before a rotation have old ones."""
    return [_fingerprint(key, text, purpose) for key in data_keys()]


def _fingerprint(key: DataKey, text: str, purpose: str) -> str:
    digest = hmac.digest(key.derive("fingerprint"), f"{purpose}\0{text}".encode(), hashlib.sha256)
    return f"{key.id}:{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


class _DecryptedAttribute(DeferredAttribute):
    """Decrypts when it is asked for: lists that show no secret decrypt none."""

    field: "EncryptedJSONField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = unseal_value(value, self.field.place_of(instance))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedJSONField(models.TextField):
    """JSON stored encrypted, bound to its row. Not searchable, not editable in forms; keep it out of history tables.

    Its model is an `EncryptedModel`. `copy_of` names the foreign key to the row whose ciphertext is copied here (by a
    trigger): both are bound to that row. Rows are written by `save`; `values` and `values_list` give the ciphertext.
    """

    descriptor_class = _DecryptedAttribute

    def __init__(self, *args: Any, copy_of: str = "", **kwargs: Any) -> None:
        kwargs["editable"] = False
        self.copy_of = copy_of
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "copy_of": self.copy_of} if self.copy_of else kwargs

    @property
    def row_field(self) -> "models.Field[Any, Any]":
        """The column with the key of the row that it is bound to."""
        meta = self.model._meta
        return cast("models.Field[Any, Any]", meta.get_field(self.copy_of) if self.copy_of else meta.pk)

    def place(self, row: object) -> Place:
        owner = cast(type[models.Model], self.row_field.related_model) if self.copy_of else self.model
        return Place(owner._meta.db_table, str(self.column), row)

    def place_of(self, instance: models.Model) -> Place:
        return self.place(getattr(instance, self.row_field.attname))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value, place = model_instance.__dict__[self.attname], self.place_of(model_instance)
        if isinstance(value, Sealed):  # as it was read
            if add:
                unseal(value, place)  # the copy of another row would never be read again
            return value
        return None if value is None else seal_value(value, place)

    def get_prep_value(self, value: Any) -> str | None:
        if value is None or isinstance(value, Sealed):
            return value and str(value)
        raise TypeError(f"{self} is encrypted for one row: set it on an instance and save it")

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
