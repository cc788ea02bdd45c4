"""Background jobs of the hub. Its queue has workers of its own: listeners may be slow, banks are asked elsewhere."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from billing.hub.deliveries import deliver
from billing.hub.outbox import JOB, QUEUE, defer_due
from billing.models import Delivery, DeliveryState, Event

KEPT_DAYS = 31
"""What was delivered is forgotten after so long; what was given up is kept."""


@app.task(name=JOB, queue=QUEUE)
async def deliver_events(subscription_id: int) -> None:
    await deliver(subscription_id)


@app.periodic(cron="* * * * *")
@app.task(name="billing.deliver_due_events", queueing_lock="billing.deliver_due_events")
def deliver_due_events(timestamp: int) -> None:
    """Each minute: whoever has something to hear that nobody was woken for."""
    defer_due()


@app.periodic(cron="43 3 * * *")
@app.task(name="billing.forget_events")
def forget_events(timestamp: int) -> None:
    forget()


def forget() -> None:
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    over = [DeliveryState.DELIVERED, DeliveryState.SKIPPED]
    Delivery.objects.filter(state__in=over, finished_at__lt=before).delete()
    Event.objects.filter(occurred_at__lt=before, deliveries=None).delete()
