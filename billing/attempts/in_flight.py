"""Whether the bank may still book a request that we sent. Meanwhile "not found" proves nothing."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from billing.models import Operation, Payment, PaymentAttempt, Refund
from billing.states import PaymentState

NO_REQUEST = (Operation.STATUS, Operation.CALLBACK, Operation.PERSON)
"""Attempts without a request that the bank could book."""


def may_be_in_flight(payment: Payment) -> bool:
    """The payer may finish 3-D Secure until it expires; a request may be booked until IN_FLIGHT_SECONDS later."""
    if payment.state == PaymentState.PENDING_3D:
        unexpired = Payment.objects.filter(pk=payment.pk, expires_at__gt=Now())
        if unexpired.exists():
            return True
    return _recent(payment.attempts.exclude(operation__in=NO_REQUEST)).exists()


def refund_may_be_in_flight(refund: Refund) -> bool:
    return _recent(refund.attempts.exclude(operation__in=NO_REQUEST)).exists()


def _recent(attempts: QuerySet[PaymentAttempt]) -> QuerySet[PaymentAttempt]:
    return attempts.filter(started_at__gt=Now() - timedelta(seconds=settings.IN_FLIGHT_SECONDS))
