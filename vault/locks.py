"""Locks of the vault. Held until the transaction ends."""

import hashlib

from django.db import connection


def lock_relation(merchant_id: int, *relational_ids: str) -> None:
    """One at a time: saves and changes of the cards of one relation.

    The unique set alone would not do while keys are rotated: the identity's fingerprints of two keys differ.
    """
    text = "\0".join(["vault", str(merchant_id), *relational_ids])
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
