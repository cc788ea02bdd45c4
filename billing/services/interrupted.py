"""Callbacks that were stored but never processed, because their process died."""

from datetime import timedelta

from django.db.models.functions import Now

from billing.attempts.outcomes import query_soon
from billing.models import Callback, Verdict

INTERRUPTED_AFTER = timedelta(minutes=5)


def close_interrupted_callbacks() -> int:
    """Close them and query the bank about their payments. The number of closed callbacks.

    The stored body is masked and cannot be verified any more, so the bank's records are used instead.
    """
    waiting = Callback.objects.filter(
        verdict=Verdict.RECEIVED, received_at__lt=Now() - INTERRUPTED_AFTER
    ).select_related("payment")
    for callback in waiting:
        Callback.objects.filter(pk=callback.pk, verdict=Verdict.RECEIVED).update(
            verdict=Verdict.INTERRUPTED, note="process interrupted; the bank is queried"
        )
        if callback.payment is not None:
            query_soon(callback.payment)
    return len(waiting)
