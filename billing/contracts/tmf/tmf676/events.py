"""Rows of the outbox as TM Forum's events, and whether a listener asked for them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Model

from billing.contracts.tmf.hrefs import PAYMENT_BASES, Base, href_of
from billing.contracts.tmf.tmf630 import encoder
from billing.contracts.tmf.tmf630 import query as tmf630
from billing.contracts.tmf.tmf630.query import Condition, QueryError
from billing.contracts.tmf.tmf676 import mapping, queries
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS
from billing.hub.shaping import Message
from billing.models import Event, EventSubscription, Payment, Refund

TYPES = tuple(
    f"{resource}{what}Event"
    for resource in ("Payment", "Refund")
    for what in ("Create", "AttributeValueChange", "StateChange", "Delete")
)

_TOP = {"eventId", "eventTime", "eventType", "correlationId", "domain", "title", "description", "priority"}

FIELD_PATHS = {"allocated_amount": "paymentItem", "refunded_amount": "reversedPaymentAmount"}
"""What listeners see of the columns that an outbox row remembers."""


def parse_event_filter(text: str) -> tuple[Condition, ...]:
    """The conditions of a subscription: `eventType=…`, `event.payment.status=…` or `payment.status=…`.

    Raises QueryError; regular expressions are not taken, they would be run on our machines for each event.
    """
    query = tmf630.parse(text.removeprefix("?"))
    if query.fields is not None or query.sort or query.limit is not None or query.offset:
        raise QueryError("query", "Filters only are expected.")
    return tuple(_checked(condition) for condition in query.conditions)


def _checked(condition: Condition) -> Condition:
    name, operator = condition.attribute, condition.operator
    if operator == "regex":
        raise QueryError(name, "Regular expressions are not taken here.")
    if name == "eventType":
        unknown = [value for value in condition.values if value not in TYPES]
        if unknown or operator != "eq":
            raise QueryError(name, f"One of {', '.join(TYPES)} is expected.")
    if name in _TOP:
        return condition
    path = name.removeprefix("event.")
    resource, _dot, attribute = path.partition(".")
    names = {"payment": queries.PAYMENT.names, "refund": queries.REFUND.names}.get(resource, frozenset())
    if attribute.partition(".")[0] not in names:
        raise QueryError(name, "There is no such attribute of an event.")
    return Condition(f"event.{path}", operator, condition.values)


def event_type(event: Event) -> str | None:
    """None for a change that listeners see nothing of."""
    resource = "Payment" if event.resource == "payment" else "Refund"
    if event.before is None:
        return f"{resource}CreateEvent"
    words = PAYMENT_STATUS if event.resource == "payment" else REFUND_STATUS
    if words[event.before["state"]] != words[event.after["state"]]:
        return f"{resource}StateChangeEvent"
    return f"{resource}AttributeValueChangeEvent" if changed_fields(event) else None


def changed_fields(event: Event) -> list[str]:
    before, after = event.before or {}, event.after
    return [path for column, path in FIELD_PATHS.items() if before.get(column) != after.get(column)]


def event_document(event: Event, item: Payment | Refund, base: Base) -> dict[str, Any] | None:
    """The body that is posted; None where there is nothing to tell. `item` is the row as it is now."""
    name = event_type(event)
    if name is None:
        return None
    restore(item, event.after)
    if isinstance(item, Payment):
        document, details = mapping.payment(item, base), getattr(item, "details", None)
    else:
        document, details = mapping.refund(item, base), getattr(item, "details", None)
    body: dict[str, Any] = {
        "eventId": str(event.event_id),
        "eventTime": event.occurred_at,
        "eventType": name,
        "correlationId": (details and details.correlator_id) or None,
        "domain": "payment",
        "title": name,
        "description": f"{document['id']} {document['status']}",
        "priority": "normal",
        "timeOcurred": event.occurred_at,  # the swagger's spelling
        "event": {event.resource: document},
    }
    if "AttributeValueChange" in name:
        return body | {"fieldPath": ",".join(changed_fields(event))}
    return {"id": str(event.event_id), "href": href_of(base, item), **body}


def restore(item: Model, columns: dict[str, Any]) -> None:
    """The row as the transaction of the event left it."""
    for field in item._meta.concrete_fields:
        if field.column in columns:
            setattr(item, field.attname, field.to_python(columns[field.column]))


def rows_of(events: Sequence[Event]) -> dict[tuple[str, int], Payment | Refund]:
    """The payments and refunds that events are about, with what their documents need."""
    payments = [event.payment_id for event in events if event.refund_id is None]
    refunds = [event.refund_id for event in events if event.refund_id is not None]
    found: dict[tuple[str, int], Payment | Refund] = {}
    for payment in queries.with_items(queries.PAYMENTS).filter(pk__in=payments):
        found["payment", payment.pk] = payment
    for refund in queries.REFUNDS.filter(pk__in=refunds):
        found["refund", refund.pk] = refund
    return found


def messages_for(subscription: EventSubscription, events: Sequence[Event]) -> list[Message]:
    """A hub shaper: the events as TM Forum's documents, those that the listener's query leaves out without a body."""
    rows = rows_of(events)
    base, conditions = base_of(subscription), parse_event_filter(subscription.query)
    messages = []
    for event in events:
        document = event_document(event, rows[event.resource, _row_id(event)], base)
        wanted = document is not None and tmf630.matches(document, conditions)
        name = document["eventType"] if document else ""
        messages.append(Message(name, encoder.encode(document) if wanted else None))
    return messages


def base_of(subscription: EventSubscription) -> Base:
    path = subscription.base_path if subscription.base_path in PAYMENT_BASES else next(iter(PAYMENT_BASES))
    return Base(settings.PUBLIC_URL, path)


def _row_id(event: Event) -> int:
    return event.payment_id if event.refund_id is None else event.refund_id
