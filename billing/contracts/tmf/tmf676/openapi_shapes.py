"""Shapes of payments, refunds, allocations and events, for OpenAPI."""

from billing.contracts.tmf.openapi import (
    ERROR,
    MOMENT,
    MONEY,
    REFERENCE,
    TEXT,
    Json,
    document,
    nullable,
    ref,
    shapes,
)
from billing.contracts.tmf.tmf670 import events as method_events
from billing.contracts.tmf.tmf676.events import EVENT_TYPES
from billing.contracts.tmf.tmf676.requests import AllocationCreate, HubCreate, PaymentCreate, RefundCreate
from billing.contracts.tmf.tmf676.statuses import STATUSES

_TYPE_ATTRIBUTES = {name: nullable(TEXT) for name in ("@baseType", "@schemaLocation", "@type")}
_MONEY, _REFERENCE = nullable(ref("TmfMoney")), nullable(ref("TmfReference"))
_METHOD = document(
    {
        "id": nullable(TEXT),
        "href": nullable(TEXT),
        **{name: nullable(TEXT) for name in ("name", "description", "status", "@referredType")},
        "isPreferred": nullable({"type": "boolean"}),
        "statusDate": nullable(MOMENT),
        "account": nullable({"type": "array", "items": ref("TmfReference")}),
        "relatedParty": _REFERENCE,
        "validFor": nullable({"type": "object"}),
        **_TYPE_ATTRIBUTES,
    },
    required=(),
)
_ITEM = document(
    {
        "id": nullable(TEXT),
        "item": ref("TmfReference"),
        "amount": _MONEY,
        "taxAmount": _MONEY,
        "totalAmount": _MONEY,
        "itemNo": TEXT,
        "paymentAllocatedOn": nullable(MOMENT),
        "receivedAmount": ref("TmfMoney"),
        "remainingAmount": ref("TmfMoney"),
        **_TYPE_ATTRIBUTES,
    },
    required=("item",),
)
_COMMON: Json = {
    "id": TEXT,
    "href": {"type": "string", "format": "uri"},
    **{name: nullable(TEXT) for name in ("authorizationCode", "correlatorId", "description", "name")},
    "status": {"type": "string", "enum": list(STATUSES)},
    "statusDate": MOMENT,
    "account": ref("TmfReference"),
    "amount": _MONEY,
    "channel": _REFERENCE,
    "paymentMethod": ref("TmfPaymentMethodRef"),
    "taxAmount": _MONEY,
    "totalAmount": ref("TmfMoney"),
    "paymentTransactionId": {**TEXT, "description": "Of the extended form (`@type=…Oracle`) only."},
    **_TYPE_ATTRIBUTES,
}
_PAYMENT = document(
    {
        **_COMMON,
        "paymentDate": MOMENT,
        "payer": _REFERENCE,
        "paymentItem": nullable({"type": "array", "items": ref("TmfPaymentItem")}),
        "unallocatedAmount": ref("TmfMoney"),
        "reversedPaymentAmount": ref("TmfMoney"),
        "paymentStatus": TEXT,
    }
)
_REFUND = document(
    {
        **_COMMON,
        "refundDate": MOMENT,
        "requestedRefundDate": {**TEXT, "description": "As it was sent."},
        "payment": ref("TmfReference"),
        "requestor": _REFERENCE,
        "refundStatus": TEXT,
        "remainingAmount": ref("TmfMoney"),
    }
)
_ALLOCATION = document(
    {
        "payment": document({"id": TEXT, "href": TEXT}),
        "account": ref("TmfReference"),
        "paymentItem": {"type": "array", "items": ref("TmfPaymentItem")},
        "unallocatedAmount": ref("TmfMoney"),
        **_TYPE_ATTRIBUTES,
    },
    required=("payment", "account", "paymentItem", "unallocatedAmount"),
)
_SUBSCRIPTION = document(
    {
        "id": TEXT,
        "callback": {"type": "string", "format": "uri"},
        "query": nullable(TEXT),
        "secret": {**TEXT, "description": "Deliveries are signed with it. It is shown only once."},
    },
    required=("id", "callback", "query", "secret"),
)


def _event(types: tuple[str, ...], resources: dict[str, str], description: str) -> Json:
    of_resources = {name: ref(schema) for name, schema in resources.items()}
    return document(
        {
            "eventId": {**TEXT, "description": "One for each event: drop what you have seen."},
            "eventTime": MOMENT,
            "timeOcurred": MOMENT,
            "eventType": {"type": "string", "enum": list(types)},
            "correlationId": nullable(TEXT),
            "domain": TEXT,
            "title": TEXT,
            "description": TEXT,
            "priority": TEXT,
            "id": TEXT,
            "href": TEXT,
            "fieldPath": {**TEXT, "description": "Of attribute value changes: which."},
            "event": {"type": "object", "properties": of_resources, "minProperties": 1, "maxProperties": 1},
        },
        required=("eventId", "eventTime", "eventType", "event"),
    ) | {"description": description}


_EVENT = _event(EVENT_TYPES, {"payment": "TmfPayment", "refund": "TmfRefund"}, "Of a payment or a refund.")
_METHOD_EVENT = _event(
    method_events.EVENT_TYPES, {"paymentMethod": "TmfPaymentMethod"}, "Of a payment method."
)

SCHEMAS: Json = {
    "TmfError": ERROR,
    "TmfMoney": MONEY,
    "TmfReference": REFERENCE,
    "TmfPaymentMethodRef": _METHOD,
    "TmfPaymentItem": _ITEM,
    "TmfPayment": _PAYMENT,
    "TmfRefund": _REFUND,
    "TmfAllocation": _ALLOCATION,
    "TmfSubscription": _SUBSCRIPTION,
    "TmfEvent": _EVENT,
    "TmfPaymentMethodEvent": _METHOD_EVENT,
    **shapes([PaymentCreate, RefundCreate, AllocationCreate, HubCreate], "Tmf"),
}
