"""Seals: the head of the chain, signed with a key that the database does not have, and kept outside of it.

Who owns the database can rewrite the whole chain and all its hashes. He cannot sign the head that this makes, and he
does not reach what an anchor has kept of the true one.
"""

from collections.abc import Iterator
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.encoding import force_bytes

from config.kit.audit.anchors import anchor
from config.kit.audit.models import Day, Seal
from config.kit.audit.sealed import Sealed


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
    anchor(made)
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


def _signing_key(secret: str | bytes) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"audit seals").derive(force_bytes(secret))
    return Ed25519PrivateKey.from_private_bytes(derived)
