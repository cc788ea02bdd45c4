"""The token in the return address: names one payment, signed by us. Whether it is used up, the state tells."""

from django.core import signing

from billing.models import Payment

_SALT = "billing.threeds"


def token_of(payment: Payment) -> str:
    return signing.dumps(payment.pk, salt=_SALT)


def payment_of(token: str) -> Payment | None:
    """None for a token that we did not make."""
    try:
        key = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Payment.objects.select_related("pos", "channel").filter(pk=key).first()
