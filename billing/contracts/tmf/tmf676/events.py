"""Events of the hub as TM Forum's documents, filtered by the listener's query."""

from collections.abc import Sequence
from typing import Any, cast

from django.conf import settings
from django.db.models import Field, GeneratedField, Model

from billing.contracts.tmf.hrefs import BASES, METHOD_BASES, Base, href_of
from billing.contracts.tmf.tmf630.lists import encoder
from billing.contracts.tmf.tmf630.matching import matches
from billing.contracts.tmf.tmf630.query import Condition, QueryError, parse_query
from billing.contracts.tmf.tmf670 import events as method_events
from billing.contracts.tmf.tmf670.mapping import method as method_document
from billing.contracts.tmf.tmf670.queries import PAYMENT_METHOD
from billing.contracts.tmf.tmf676 import mapping, queries
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS
from billing.hub.shaping import Message
from billing.models import Event, EventSubscription, Payment, PaymentMethod, Refund
from config.kit.identity.access import Reach, reach_of_id

EVENT_TYPES = tuple(
    f"{resource}{what}Event"
    for resource in ("Payment", "Refund")
    for what in ("Create", "AttributeValueChange", "StateChange", "Delete")
)

Item = Payment | Refund | PaymentMethod
_NAMES = {
    "payment": queries.PAYMENT.names,
    "refund": queries.REFUND.names,
    method_events.RESOURCE: PAYMENT_METHOD.names,
}

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
        known = (*EVENT_TYPES, *method_events.EVENT_TYPES)
        unknown = [value for value in condition.values if value not in known]
        if unknown or operator != "eq":
            raise QueryError(name, f"One of {', '.join(known)} is expected.")
    if name in _TOP_ATTRIBUTES:
        return condition
    path = name.removeprefix("event.")
    resource, _dot, attribute = path.partition(".")
    if attribute.partition(".")[0] not in _NAMES.get(resource, frozenset()):
        raise QueryError(name, "There is no such attribute of an event.")
    return Condition(f"event.{path}", operator, condition.values)


def event_type(event: Event) -> str | None:
    """None for a change that no attribute shows."""
    if event.resource == method_events.RESOURCE:
        return method_events.event_type(event)
    resource = "Payment" if event.resource == "payment" else "Refund"
    if event.before is None:
        return f"{resource}CreateEvent"
    statuses = PAYMENT_STATUS if event.resource == "payment" else REFUND_STATUS
    if statuses[event.before["state"]] != statuses[event.after["state"]]:
        return f"{resource}StateChangeEvent"
    return f"{resource}AttributeValueChangeEvent" if changed_attributes(event) else None


def changed_attributes(event: Event) -> list[str]:
    if event.resource == method_events.RESOURCE:
        return method_events.changed_attributes(event)
    before, after = event.before or {}, event.after
    return [path for column, path in ATTRIBUTES.items() if before.get(column) != after.get(column)]


def event_document(event: Event, item: Item, base: Base) -> dict[str, Any] | None:
    """The document that is posted, None if there is nothing to tell. `item` is the current row."""
    name = event_type(event)
    if name is None:
        return None
    _restore(item, event.after)
    document, references = _resource_document(item, base)
    body: dict[str, Any] = {
        "eventId": str(event.event_id),
        "eventTime": event.occurred_at,
        "eventType": name,
        "correlationId": (references and references.correlator_id) or None,
        "domain": method_events.RESOURCE if isinstance(item, PaymentMethod) else "payment",
        "title": name,
        "description": f"{document['id']} {document['status']}",
        "priority": "normal",
        "timeOcurred": event.occurred_at,  # the swagger's spelling
        "event": {event.resource: document},
    }
    if "AttributeValueChange" in name:
        return body | {"fieldPath": ",".join(changed_attributes(event))}
    if isinstance(item, PaymentMethod):  # TMF670's events have no id of their own
        return body
    return {"id": str(event.event_id), "href": href_of(base, item), **body}


def _resource_document(item: Item, base: Base) -> tuple[dict[str, Any], Any]:
    """The document of the resource, and the references of the client that requested it."""
    if isinstance(item, PaymentMethod):
        return method_document(item, base), None
    document = mapping.payment(item, base) if isinstance(item, Payment) else mapping.refund(item, base)
    return document, getattr(item, "client_references", None)


def _restore(item: Model, columns: dict[str, Any]) -> None:
    """Set the row to what it was when the event's transaction committed."""
    for field in item._meta.concrete_fields:
        if field.column in columns:
            typed: Field[Any, Any] = (
                cast(Any, field).output_field if isinstance(field, GeneratedField) else field
            )
            setattr(item, field.attname, typed.to_python(columns[field.column]))


def rows_of(events: Sequence[Event]) -> dict[tuple[str, int], Item]:
    """What the events are about, with what the documents need."""
    payments = [event.payment_id for event in events if event.payment_id and event.refund_id is None]
    refunds = [event.refund_id for event in events if event.refund_id is not None]
    found: dict[tuple[str, int], Item] = {}
    for payment in queries.with_items(queries.PAYMENTS).filter(pk__in=payments):
        found["payment", payment.pk] = payment
    for refund in queries.REFUNDS.filter(pk__in=refunds):
        found["refund", refund.pk] = refund
    for method in method_events.methods_of(events):
        found[method_events.RESOURCE, method.pk] = method
    return found


def messages_for(subscription: EventSubscription, events: Sequence[Event]) -> list[Message]:
    """The shaper that `billing.apps` registers with the hub."""
    rows, reach = rows_of(events), reach_of_id(subscription.created_by_id)
    base, conditions = base_of(subscription), parse_event_filter(subscription.query)
    messages = []
    for event in events:
        item = rows[event.resource, _row_id(event)]
        document = event_document(event, item, base)
        wanted = (
            document is not None
            and _is_heard(event, subscription, conditions)
            and _is_within_reach(item, subscription, reach)
            and matches(document, conditions)
        )
        name = document["eventType"] if document else ""
        messages.append(Message(name, encoder.encode(document) if wanted else None))
    return messages


def base_of(subscription: EventSubscription) -> Base:
    path = subscription.base_path if subscription.base_path in BASES else BASES[0]
    return Base(settings.PUBLIC_URL, path)


def _is_heard(event: Event, subscription: EventSubscription, conditions: Sequence[Condition]) -> bool:
    """Listeners of TMF670's base paths hear of payment methods alone; those of payments only if they ask for them."""
    is_method = event.resource == method_events.RESOURCE
    if subscription.base_path in METHOD_BASES:
        return is_method
    return not is_method or any(_names_methods(condition) for condition in conditions)


def _names_methods(condition: Condition) -> bool:
    if condition.attribute == "eventType":
        return any(value in method_events.EVENT_TYPES for value in condition.values)
    return condition.attribute.startswith(f"event.{method_events.RESOURCE}")


def _is_within_reach(item: Item, subscription: EventSubscription, reach: Reach) -> bool:
    if isinstance(item, PaymentMethod):
        return method_events.is_within_reach(item, subscription, reach)
    return reach.has_channel(item.channel_id if isinstance(item, Payment) else item.payment.channel_id)


def _row_id(event: Event) -> int:
    keys = {"payment": event.payment_id, "refund": event.refund_id}
    key = keys.get(event.resource, event.payment_method_id)
    if key is None:
        raise LookupError(f"Event {event.pk} is about nothing.")
    return key
