"""The outbox. Triggers write it (billing/models/outbox.py); services call this module to start the delivery."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from billing.hub import subscriptions
from billing.hub.tasks import enqueue_due
from billing.models import Delivery, DeliveryState


def deliver_on_commit() -> None:
    """Queue a delivery job for each listener with a due delivery when the transaction commits.

    Call it in every transaction that changes a payment or refund; without it, events wait for up to a minute.
    """
    if not any(call[1] is enqueue_due for call in connection.run_on_commit):
        transaction.on_commit(enqueue_due, robust=True)


def replay(delivery_ids: Iterable[int]) -> int:
    """Send deliveries again, with delays starting over, and end their listeners' pauses. The number of deliveries."""
    with transaction.atomic():
        again = Delivery.objects.filter(pk__in=delivery_ids, subscription__is_active=True)
        listeners = set(again.values_list("subscription_id", flat=True))
        count = again.update(
            state=DeliveryState.WAITING, attempts=0, next_attempt_at=timezone.now(), finished_at=None
        )
        subscriptions.end_pauses(listeners)
        deliver_on_commit()
    return count
