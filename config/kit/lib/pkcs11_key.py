"""A master key in a hardware security module, by PKCS#11 (AES-GCM). The module is asked once in the life of a process.

`PKCS11_MODULE` is the vendor's library, `PKCS11_PIN` the PIN of the token's user.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

NONCE_BYTES = 12


class Pkcs11Key:
    """`where`: label of the token, slash, label of an AES key in it."""

    def __init__(self, where: str) -> None:
        if not re.fullmatch(r"[\w-]+/[\w-]+", where):
            raise ValueError("a PKCS#11 key is <token>/<key>: letters, digits, - and _")
        self._token, _, self._label = where.partition("/")
        self.name = f"pkcs11-{where}"

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        with self._key() as (key, how):
            return nonce + bytes(key.encrypt(data_key, **how(nonce, context)))

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        with self._key() as (key, how):
            return bytes(key.decrypt(wrapped[NONCE_BYTES:], **how(wrapped[:NONCE_BYTES], context)))

    @contextmanager
    def _key(self) -> Iterator[tuple[Any, Any]]:
        """The key in an open session, and how it is used. Raises ValueError for all that the module refuses."""
        import pkcs11  # an option: few installations have a module

        def how(nonce: bytes, context: bytes) -> dict[str, Any]:
            parameters = pkcs11.GCMParams(nonce=nonce, aad=context, tag_bits=128)
            return {"mechanism": pkcs11.Mechanism.AES_GCM, "mechanism_param": parameters}

        try:
            token = pkcs11.lib(settings.PKCS11_MODULE).get_token(token_label=self._token)
            with token.open(user_pin=settings.PKCS11_PIN) as session:
                wanted = {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY,
                    pkcs11.Attribute.LABEL: self._label,
                }
                # All of them: a search that is left open breaks when the session ends.
                found = list(session.get_objects(wanted))
                if len(found) != 1:
                    raise ValueError(f"{self.name}: {len(found)} keys have this label")
                yield found[0], how
        except pkcs11.PKCS11Error as error:
            raise ValueError(f"{self.name}: {type(error).__name__} {error}") from error
