"""The signed token in a payment's 3-D Secure return URL. It may be used repeatedly; the state decides what happens."""

from datetime import timedelta

from django.conf import settings
from django.core import signing

from billing.models import Payment

_SALT = "billing.threeds"


def return_token_of(payment: Payment) -> str:
    return signing.dumps(payment.pk, salt=_SALT)


def payment_of_return_token(token: str, *, max_age: timedelta | None = None) -> Payment | None:
    """None for a token that we did not sign, or that is older than `max_age` (THREE_D_TOKEN_DAYS if not given)."""
    try:
        key = signing.loads(token, salt=_SALT, max_age=max_age or timedelta(days=settings.THREE_D_TOKEN_DAYS))
    except signing.BadSignature:
        return None
    return Payment.objects.select_related("pos", "pos_version", "channel").filter(pk=key).first()
