"""Waking up whoever delivers events. They are in the outbox by then, written by triggers (models/outbox.py);
what nobody was woken for is found each minute.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from billing.models import Delivery, DeliveryState, EventSubscription

JOB = "billing.deliver_events"  # hub/tasks.py, which stands above this module
QUEUE = "hub"

logger = logging.getLogger(__name__)


def wake() -> None:
    """Once the transaction is committed: a job for each listener that has something to hear."""
    if not any(call[1] is defer_due for call in connection.run_on_commit):
        transaction.on_commit(defer_due, robust=True)


def defer_due() -> None:
    for key in due_subscriptions():
        defer_delivery(key)


def due_subscriptions() -> list[int]:
    """Listeners that have something to hear now, and are not paused."""
    now = timezone.now()
    ready = Q(paused_until=None) | Q(paused_until__lte=now)
    waiting = Q(deliveries__state=DeliveryState.WAITING, deliveries__next_attempt_at__lte=now)
    found = EventSubscription.objects.filter(ready, waiting, is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())


def defer_delivery(subscription_id: int, *, seconds: int = 0) -> None:
    """One job for each listener stands in the queue, and one more for a later time."""
    lock = f"hub:{subscription_id}:later" if seconds else f"hub:{subscription_id}"
    task = app.configure_task(
        JOB, queue=QUEUE, queueing_lock=lock, schedule_in={"seconds": seconds} if seconds else None
    )
    with suppress(AlreadyEnqueued):
        task.defer(subscription_id=subscription_id)


def replay(keys: Iterable[int]) -> int:
    """Send again, from the beginning of its delays; the listeners are tried at once. Answers how many."""
    with transaction.atomic():
        again = Delivery.objects.filter(pk__in=keys, subscription__is_active=True)
        listeners = set(again.values_list("subscription_id", flat=True))
        count = again.update(
            state=DeliveryState.WAITING, attempts=0, next_attempt_at=timezone.now(), finished_at=None
        )
        EventSubscription.objects.filter(pk__in=listeners).update(paused_until=None)
        wake()
    return count
