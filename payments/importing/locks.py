"""Locks of the imports. Held until the transaction ends, never across a network call."""

from django.db.backends.utils import CursorWrapper

from payments.models import Card


def lock_channel(cursor: CursorWrapper, channel_id: int) -> None:
    """One at a time: imports that make banks, card types or cards of a channel. Readers and single edits of
    other rows go on.

    """
    cursor.execute("SELECT FROM payments_channel WHERE id = %s FOR NO KEY UPDATE", [channel_id])


def lock_card(cursor: CursorWrapper, card_id: int) -> None:
    """The card can't be deleted meanwhile. Raises Card.DoesNotExist where it was."""
    cursor.execute("SELECT 1 FROM payments_card WHERE id = %s FOR KEY SHARE", [card_id])
    if cursor.fetchone() is None:
        raise Card.DoesNotExist
