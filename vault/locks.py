"""Locks of the vault. Held until the transaction ends."""

import hashlib

from django.db import connection


def lock_relation(merchant_id: int, *relational_ids: str) -> None:
    """Serialises changes to the cards of one relation.

    The unique constraint is not enough while encryption keys are rotated: fingerprints under two keys differ.
    """
    text = "\0".join(["vault", str(merchant_id), *relational_ids])
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
