"""Callbacks that were stored and never judged, because their process died."""

from datetime import timedelta

from django.db.models.functions import Now

from billing.attempts.outcomes import query_soon
from billing.models import Callback, Verdict

GIVEN_UP_AFTER = timedelta(minutes=5)


def close_interrupted_callbacks() -> int:
    """Mark them and query the bank about their payments; how many there were.

    The body is stored masked, so it cannot be verified any more. The bank's books tell the same.
    """
    waiting = Callback.objects.filter(
        verdict=Verdict.RECEIVED, received_at__lt=Now() - GIVEN_UP_AFTER
    ).select_related("payment")
    for callback in waiting:
        Callback.objects.filter(pk=callback.pk, verdict=Verdict.RECEIVED).update(
            verdict=Verdict.INTERRUPTED, note="the process died; the bank is queried"
        )
        if callback.payment is not None:
            query_soon(callback.payment)
    return len(waiting)
