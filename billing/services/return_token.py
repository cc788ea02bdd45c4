"""The signed token in a payment's 3-D Secure return URL. It may be used repeatedly; the state decides what happens."""

from django.core import signing

from billing.models import Payment

_SALT = "billing.threeds"


def return_token_of(payment: Payment) -> str:
    return signing.dumps(payment.pk, salt=_SALT)


def payment_of_return_token(token: str) -> Payment | None:
    """None for a token that we did not sign."""
    try:
        key = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Payment.objects.select_related("pos", "pos_version", "channel").filter(pk=key).first()
