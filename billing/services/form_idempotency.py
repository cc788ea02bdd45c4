"""A form that moves money and is sent twice is taken once."""

from billing.models import IdempotencyKey


def claim_once(*, user_id: int | None, key: str) -> bool:
    """Whether this is the first time that the user sends `key`. Committed before the work, kept for 31 days."""
    assert user_id is not None  # noqa: S101 forms are for people who are logged in
    _claim, created = IdempotencyKey.objects.get_or_create(
        user_id=user_id, key=f"form:{key}"[:255], defaults={"fingerprint": "form"}
    )
    return created
