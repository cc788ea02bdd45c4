"""The outbox, as the services see it. Triggers write it (billing/models/outbox.py); these start the delivery."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from billing.hub import subscriptions
from billing.hub.tasks import enqueue_due
from billing.models import Delivery, DeliveryState


def deliver_on_commit() -> None:
    """When the transaction commits, queue a delivery job for each listener that has something due.

    Call it once or more in any transaction that changes a payment or refund. Without it events wait up to a minute.
    """
    if not any(call[1] is enqueue_due for call in connection.run_on_commit):
        transaction.on_commit(enqueue_due, robust=True)


def replay(delivery_ids: Iterable[int]) -> int:
    """Send again, with the delays from the start, and end the pauses of the listeners. How many are sent."""
    with transaction.atomic():
        again = Delivery.objects.filter(pk__in=delivery_ids, subscription__is_active=True)
        listeners = set(again.values_list("subscription_id", flat=True))
        count = again.update(
            state=DeliveryState.WAITING, attempts=0, next_attempt_at=timezone.now(), finished_at=None
        )
        subscriptions.end_pauses(listeners)
        deliver_on_commit()
    return count
