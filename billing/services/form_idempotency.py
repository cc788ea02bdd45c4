"""Idempotency of admin forms that move money."""

from billing.models import IdempotencyKey


def claim_once(*, user_id: int | None, key: str) -> bool:
    """Whether the user submits `key` for the first time. Committed before the work is done, kept for 31 days."""
    if user_id is None:
        raise ValueError("Forms are for people who are logged in.")
    _claim, created = IdempotencyKey.objects.get_or_create(
        user_id=user_id, key=f"form:{key}"[:255], defaults={"fingerprint": "form"}
    )
    return created
