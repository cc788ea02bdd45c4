"""Locks of the imports. Held until the transaction ends, never across a network call."""

from django.db.backends.utils import CursorWrapper


def lock_channel(cursor: CursorWrapper, channel_id: int) -> None:
    """One at a time: imports that make banks, card types or cards of a channel. Readers and single edits of
    other rows go on.

    """
    cursor.execute("SELECT FROM payments_channel WHERE id = %s FOR NO KEY UPDATE", [channel_id])
