"""Events: one for each change, heard by each listener at least once."""

from billing.models import Delivery, DeliveryState, Event, EventSubscription, Payment, Refund
from tests.prove.invariants.seen import Seen

_COMPARED = {
    "payment": ("state", "allocated_amount", "refunded_amount"),
    "refund": ("state",),
}
"""The columns whose changes are events (billing/models/payment.py, refund.py)."""


def changes_have_events(seen: Seen) -> list[str]:
    """The latest event of each payment and refund tells it as it is. Listeners were there before the first."""
    latest: dict[tuple[str, int], Event] = {}
    for event in Event.objects.order_by("pk"):
        key = event.refund_id if event.resource == "refund" else event.payment_id
        known = latest.get((event.resource, key))
        if known is None or known.transaction < event.transaction:
            latest[event.resource, key] = event
    wrong = []
    for resource, model in (("payment", Payment), ("refund", Refund)):
        for row in model.objects.all():
            event = latest.get((resource, row.pk))
            told = [event.after[column] for column in _COMPARED[resource]] if event else None
            if told != [getattr(row, column) for column in _COMPARED[resource]]:
                wrong.append(f"{resource} {row.pk}: the last event says {told}")
    return wrong


def events_are_heard(seen: Seen) -> list[str]:
    listeners = EventSubscription.objects.filter(is_active=True)
    events = Event.objects.count()
    wrong = [
        f"{listener}: {count} deliveries of {events} events"
        for listener in listeners
        if (count := Delivery.objects.filter(subscription=listener).count()) != events
    ]
    for delivery in Delivery.objects.exclude(state=DeliveryState.SKIPPED).select_related(
        "event", "subscription"
    ):
        heard = seen.heard.get(delivery.subscription.callback, set())
        if delivery.state != DeliveryState.DELIVERED:
            wrong.append(f"{delivery}: {delivery.state}")
        elif str(delivery.event.event_id) not in heard:
            wrong.append(f"{delivery}: delivered, and nobody has heard it")
    return wrong
