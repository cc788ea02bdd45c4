"""Background jobs of the hub. They have a queue and a worker process of their own, because listeners may be slow."""

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from billing.hub import subscriptions
from billing.hub.deliveries import deliver, in_thread
from billing.models import Delivery, DeliveryState, Event, EventSubscription

JOBS_PER_CLIENT = 4
AFTER_AN_ERROR = 60
"""Seconds. At once would be again and again."""
KEPT_DAYS = 31
"""How long delivered events are kept. Deliveries that were given up stay."""


@app.task(name="billing.deliver_events", queue="hub")
async def deliver_events(subscription_id: int) -> None:
    next_due: int | None = AFTER_AN_ERROR
    try:
        next_due = await deliver(subscription_id)
    finally:
        if next_due is not None:
            await in_thread(enqueue)(subscription_id, seconds=next_due)


def enqueue(subscription_id: int, *, seconds: int = 0) -> None:
    """Queue a delivery job, in `seconds` if given. A listener has at most one job now and one for later, a client at
    most JOBS_PER_CLIENT at a time, however many listeners it has.
    """
    listeners = EventSubscription.objects.filter(pk=subscription_id)
    client = listeners.values_list("client", flat=True).first()
    later = f"hub:{subscription_id}:later" if seconds else f"hub:{subscription_id}"
    job = deliver_events.configure(
        lock=f"hub client {client} {subscription_id % JOBS_PER_CLIENT}",
        queueing_lock=later,
        schedule_in={"seconds": seconds} if seconds else None,
    )
    with suppress(AlreadyEnqueued):
        job.defer(subscription_id=subscription_id)


def enqueue_due() -> None:
    """Queue a job for each listener that has a delivery due."""
    for key in subscriptions.find_due():
        enqueue(key)


@app.periodic(cron="* * * * *")
@app.task(name="billing.deliver_due_events", queueing_lock="billing.deliver_due_events")
def deliver_due_events(timestamp: int) -> None:
    """Each minute: retries that are due, and events whose job was lost."""
    enqueue_due()


@app.periodic(cron="43 3 * * *")
@app.task(name="billing.purge_events")
def purge_events(timestamp: int) -> None:
    purge()


def purge() -> None:
    """Delete events that were delivered or skipped more than KEPT_DAYS ago."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    finished = [DeliveryState.DELIVERED, DeliveryState.SKIPPED]
    Delivery.objects.filter(state__in=finished, finished_at__lt=before).delete()
    Event.objects.filter(occurred_at__lt=before, deliveries=None).delete()
