"""Master keys: they wrap the data keys of ENCRYPTION_KEYS, and encrypt nothing else.

An entry of ENCRYPTION_KEYS is a data key in clear (a Fernet key), or wrapped:
`wrapped.<date>.<name of the master key>.<base64>`. The date and the name are authenticated. `settings.MASTER_KEYS`
names the master keys, the first wraps, all unwrap:

* `local:<Fernet key>`: in the environment or a file (MASTER_KEYS_FILE), apart from the data keys.
* `pkcs11:<token>/<key>`: in a hardware module, which never hands it out (pkcs11_key.py).

Another key service is a class with the methods of MasterKey and a line in `_open`.
"""

import base64
import os
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from config.kit.lib.pkcs11_key import Pkcs11Key

WRAPPED = "wrapped."
NONCE_BYTES = 12


class UnwrapError(ValueError):
    """No master key unwraps a data key: another one wrapped it, it was changed, or the key service is not there."""


class MasterKey(Protocol):
    """`name` tells it from others in wrapped keys and on pages: letters, digits, `-`, `_` and `/`, no secret."""

    name: str

    def wrap(self, data_key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Raises ValueError if it was wrapped by another key or for another context."""


class LocalKey:
    """A key of this process's environment."""

    def __init__(self, text: str) -> None:
        secret = base64.urlsafe_b64decode(text)
        self._box = AESGCM(secret)  # ValueError for another length
        digest = Hash(SHA256())
        digest.update(b"payments-back-office master " + secret)
        self.name = f"local-{digest.finalize()[:4].hex()}"

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._box.encrypt(nonce, data_key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        try:
            return self._box.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except InvalidTag:
            raise ValueError("not wrapped by this key") from None


def wrap(data_key: bytes, since: date, masters: Sequence[str]) -> str:
    """An entry of ENCRYPTION_KEYS, under the first of `masters`."""
    master = _open(masters[0])
    header = f"{WRAPPED}{since:%Y-%m-%d}.{master.name}."
    return header + base64.urlsafe_b64encode(master.wrap(data_key, header.encode())).decode()


def unwrap(text: str, masters: Sequence[str]) -> bytes:
    """Raises UnwrapError."""
    header, _, encoded = text.rpartition(".")
    name = header.rpartition(".")[2]
    try:
        master = next((master for master in map(_open, masters) if master.name == name), None)
        if master is None:
            raise UnwrapError(f"MASTER_KEYS has no {name}")
        return master.unwrap(base64.urlsafe_b64decode(encoded), f"{header}.".encode())
    except ValueError as error:
        raise UnwrapError(str(error)) from error


def described(text: str) -> tuple[str, date]:
    """Name of the master key of a wrapped key, and since when the key is there."""
    _, since, name, _ = text.split(".", 3)
    return name, date.fromisoformat(since)


def _open(text: str) -> MasterKey:
    kind, _, rest = text.partition(":")
    match kind:
        case "local":
            return LocalKey(rest)
        case "pkcs11":
            return Pkcs11Key(rest)
        case _:
            raise UnwrapError(
                f"MASTER_KEYS has an entry that begins neither with local: nor with pkcs11: ({kind})"
            )
