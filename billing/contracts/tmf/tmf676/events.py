"""Events of the hub as TM Forum's documents, filtered by the listener's query."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Model

from billing.contracts.tmf.hrefs import BASES, Base, href_of
from billing.contracts.tmf.tmf630.lists import encoder
from billing.contracts.tmf.tmf630.matching import matches
from billing.contracts.tmf.tmf630.query import Condition, QueryError, parse_query
from billing.contracts.tmf.tmf676 import mapping, queries
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS
from billing.hub.shaping import Message
from billing.models import Event, EventSubscription, Payment, Refund
from config.kit.identity.access import reach_of_id

EVENT_TYPES = tuple(
    f"{resource}{what}Event"
    for resource in ("Payment", "Refund")
    for what in ("Create", "AttributeValueChange", "StateChange", "Delete")
)

_TOP_ATTRIBUTES = {
    "eventId",
    "eventTime",
    "eventType",
    "correlationId",
    "domain",
    "title",
    "description",
    "priority",
}

ATTRIBUTES = {"allocated_amount": "paymentItem", "refunded_amount": "reversedPaymentAmount"}
"""Columns whose changes are attribute changes, and the attribute that listeners see."""


def parse_event_filter(text: str) -> tuple[Condition, ...]:
    """The conditions of a subscription: `eventType=…`, `event.payment.status=…` or `payment.status=…`.

    Raises QueryError, also for a regular expression: each event would run it on our machines.
    """
    query = parse_query(text.removeprefix("?"))
    if query.fields is not None or query.sort or query.limit is not None or query.offset:
        raise QueryError("query", "Filters only are expected.")
    return tuple(_checked_condition(condition) for condition in query.conditions)


def _checked_condition(condition: Condition) -> Condition:
    name, operator = condition.attribute, condition.operator
    if operator == "regex":
        raise QueryError(name, "Regular expressions are not supported here.")
    if name == "eventType":
        unknown = [value for value in condition.values if value not in EVENT_TYPES]
        if unknown or operator != "eq":
            raise QueryError(name, f"One of {', '.join(EVENT_TYPES)} is expected.")
    if name in _TOP_ATTRIBUTES:
        return condition
    path = name.removeprefix("event.")
    resource, _dot, attribute = path.partition(".")
    names = {"payment": queries.PAYMENT.names, "refund": queries.REFUND.names}.get(resource, frozenset())
    if attribute.partition(".")[0] not in names:
        raise QueryError(name, "There is no such attribute of an event.")
    return Condition(f"event.{path}", operator, condition.values)


def event_type(event: Event) -> str | None:
    """None for a change that no attribute shows."""
    resource = "Payment" if event.resource == "payment" else "Refund"
    if event.before is None:
        return f"{resource}CreateEvent"
    statuses = PAYMENT_STATUS if event.resource == "payment" else REFUND_STATUS
    if statuses[event.before["state"]] != statuses[event.after["state"]]:
        return f"{resource}StateChangeEvent"
    return f"{resource}AttributeValueChangeEvent" if changed_attributes(event) else None


def changed_attributes(event: Event) -> list[str]:
    before, after = event.before or {}, event.after
    return [path for column, path in ATTRIBUTES.items() if before.get(column) != after.get(column)]


def event_document(event: Event, item: Payment | Refund, base: Base) -> dict[str, Any] | None:
    """The document that is posted, None if there is nothing to tell. `item` is the current row."""
    name = event_type(event)
    if name is None:
        return None
    _restore(item, event.after)
    if isinstance(item, Payment):
        document, references = mapping.payment(item, base), getattr(item, "client_references", None)
    else:
        document, references = mapping.refund(item, base), getattr(item, "client_references", None)
    body: dict[str, Any] = {
        "eventId": str(event.event_id),
        "eventTime": event.occurred_at,
        "eventType": name,
        "correlationId": (references and references.correlator_id) or None,
        "domain": "payment",
        "title": name,
        "description": f"{document['id']} {document['status']}",
        "priority": "normal",
        "timeOcurred": event.occurred_at,  # the swagger's spelling
        "event": {event.resource: document},
    }
    if "AttributeValueChange" in name:
        return body | {"fieldPath": ",".join(changed_attributes(event))}
    return {"id": str(event.event_id), "href": href_of(base, item), **body}


def _restore(item: Model, columns: dict[str, Any]) -> None:
    """Set the row to what it was when the event's transaction committed."""
    for field in item._meta.concrete_fields:
        if field.column in columns:
            setattr(item, field.attname, field.to_python(columns[field.column]))


def rows_of(events: Sequence[Event]) -> dict[tuple[str, int], Payment | Refund]:
    """The payments and refunds of the events, with what their documents need."""
    payments = [event.payment_id for event in events if event.refund_id is None]
    refunds = [event.refund_id for event in events if event.refund_id is not None]
    found: dict[tuple[str, int], Payment | Refund] = {}
    for payment in queries.with_items(queries.PAYMENTS).filter(pk__in=payments):
        found["payment", payment.pk] = payment
    for refund in queries.REFUNDS.filter(pk__in=refunds):
        found["refund", refund.pk] = refund
    return found


def messages_for(subscription: EventSubscription, events: Sequence[Event]) -> list[Message]:
    """The shaper that `billing.apps` registers with the hub."""
    rows, reach = rows_of(events), reach_of_id(subscription.created_by_id)
    base, conditions = base_of(subscription), parse_event_filter(subscription.query)
    messages = []
    for event in events:
        item = rows[event.resource, _row_id(event)]
        document = event_document(event, item, base)
        channel_id = item.channel_id if isinstance(item, Payment) else item.payment.channel_id
        wanted = document is not None and reach.has_channel(channel_id) and matches(document, conditions)
        name = document["eventType"] if document else ""
        messages.append(Message(name, encoder.encode(document) if wanted else None))
    return messages


def base_of(subscription: EventSubscription) -> Base:
    path = subscription.base_path if subscription.base_path in BASES else BASES[0]
    return Base(settings.PUBLIC_URL, path)


def _row_id(event: Event) -> int:
    return event.payment_id if event.refund_id is None else event.refund_id
