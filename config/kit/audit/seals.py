"""Seals: the head of the chain, signed with a key that the database does not have, and kept outside of it.

Who owns the database can rewrite the whole chain and all its hashes. He cannot sign the head that this makes, and he
does not reach what an anchor has kept of the true one.
"""

import json
import logging
import logging.handlers
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.encoding import force_bytes

from config.kit.audit.models import Day, Seal


@dataclass(frozen=True)
class Sealed:
    """A seal as an anchor keeps it. All values are text: the day as ISO, hash, key and signature as hexadecimal."""

    day: str
    count: int
    hash: str
    key: str
    signature: str

    @property
    def message(self) -> bytes:
        return f"audit {self.day} {self.count} {self.hash}".encode()

    def is_authentic(self, trusted: frozenset[str]) -> bool:
        if self.key not in trusted:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key)).verify(
                bytes.fromhex(self.signature), self.message
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def seal() -> Sealed | None:
    """Sign the head of the latest day, store the seal, hand it to the anchors. None if it is sealed already."""
    with transaction.atomic(durable=True):
        head = Day.objects.order_by("-day").first()
        if head is None:
            return None
        last = Seal.objects.order_by("-pk").first()
        if last is not None and (last.day, last.count) == (head.day, head.count):
            return None
        made = sign(head.day, head.count, bytes(head.hash))
        Seal.objects.create(
            day=head.day, count=made.count, hash=head.hash, key=made.key, signature=made.signature
        )
    _anchor(made)
    return made


def sign(day: date, count: int, head: bytes) -> Sealed:
    key = _signing_key(settings.SECRET_KEY)
    bare = Sealed(day.isoformat(), count, head.hex(), key.public_key().public_bytes_raw().hex(), "")
    return Sealed(bare.day, bare.count, bare.hash, bare.key, key.sign(bare.message).hex())


def trusted_keys() -> frozenset[str]:
    """Public keys (hexadecimal) of SECRET_KEY and its fallbacks."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return frozenset(_signing_key(secret).public_key().public_bytes_raw().hex() for secret in secrets)


def stored_seals() -> Iterator[Sealed]:
    for each in Seal.objects.order_by("pk").iterator():
        yield Sealed(each.day.isoformat(), each.count, bytes(each.hash).hex(), each.key, each.signature)


def anchored_seals(path: Path | None = None) -> Iterator[Sealed]:
    """Of the anchor file. A line that is none raises ValueError."""
    path = path or settings.AUDIT_ANCHOR_FILE
    if path.exists():
        with path.open() as lines:
            for line in lines:
                yield Sealed(**json.loads(line))


def _signing_key(secret: str | bytes) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"audit seals").derive(force_bytes(secret))
    return Ed25519PrivateKey.from_private_bytes(derived)


def _anchor(made: Sealed) -> None:
    line = json.dumps(asdict(made))
    path: Path = settings.AUDIT_ANCHOR_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(line + "\n")
    if settings.AUDIT_ANCHOR_SYSLOG:
        host, _, port = settings.AUDIT_ANCHOR_SYSLOG.partition(":")
        handler = logging.handlers.SysLogHandler((host, int(port or 514)))
        handler.emit(logging.LogRecord("audit", logging.INFO, __file__, 0, line, None, None))
        handler.close()
