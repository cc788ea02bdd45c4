"""OpenAPI of payments, refunds, allocations and the hub."""

from typing import Any

from billing.contracts.tmf.openapi import (
    ALL_SERVERS,
    ERROR,
    MOMENT,
    MONEY,
    PAYMENT_SERVERS,
    REFERENCE,
    SECURITY_SCHEMES,
    TEXT,
    Json,
    answer,
    body_failures,
    created,
    document,
    failures,
    fields_of,
    json_body,
    link_by_id,
    list_parameters,
    listed,
    nullable,
    parameter,
    path_parameter,
    ref,
    security,
    shapes,
    token_paths,
)
from billing.contracts.tmf.tmf670 import events as method_events
from billing.contracts.tmf.tmf676 import queries
from billing.contracts.tmf.tmf676.events import EVENT_TYPES
from billing.contracts.tmf.tmf676.requests import AllocationCreate, HubCreate, PaymentCreate, RefundCreate
from billing.contracts.tmf.tmf676.statuses import STATUSES
from billing.hub.signing import SIGNATURE_HEADER

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


_ACCOUNT = {"id": "0.0.0.1+-account+84808"}
_USD = {"value": 10, "unit": "USD"}
_STORED = {"id": "Test123XYZ", "@referredType": "bankCard", "@type": "PaymentMethodRef"}
PAYMENT_SAMPLES: dict[str, Any] = {
    "BRM's printed sample": {
        "@type": "Payment_Create",
        "account": _ACCOUNT,
        "paymentMethod": _STORED,
        "totalAmount": _USD,
        "description": "New Payment",
    },
    "Cash that was received": {
        "account": _ACCOUNT,
        "paymentMethod": {"id": "till 7", "@type": "Cash"},
        "totalAmount": _USD,
        "correlatorId": "order-4711",
    },
}
_REFUND_SAMPLE = {
    "account": _ACCOUNT,
    "paymentMethod": _STORED,
    "payment": {"id": "0.0.0.1+-item-payment+1"},
    "totalAmount": _USD,
}
_ALLOCATION_SAMPLE = {
    "paymentId": "0.0.0.1+-item-payment+1",
    "bill": [{"id": "0.0.0.1+-bill+1", "allocatedAmount": _USD}],
}
_HUB_SAMPLE = {"callback": "https://example.com/events", "query": "eventType=PaymentCreateEvent"}

_TYPES = {"type": "string", "enum": ["Payment", "PaymentOracle"]}
_REFUND_TYPES = {"type": "string", "enum": ["Refund", "RefundOracle"]}


def _type(schema: Json) -> Json:
    return parameter("@type", "BRM's extended form ends in Oracle.", schema)


def _operation(name: str, summary: str, tag: str, **more: Any) -> Json:
    return {"operationId": name, "summary": summary, "tags": [tag], **more}


def _resource_paths(name: str, resource: Any, types: Json, create: Json) -> Json:
    schema, tag = f"Tmf{name}", name.lower()
    named = path_parameter("The id (POID).")
    return {
        f"/{tag}": {
            "servers": PAYMENT_SERVERS,
            "get": _operation(
                f"list{name}",
                f"List {tag}s",
                tag,
                security=security("read"),
                parameters=[*list_parameters(resource), _type(types)],
                responses={**listed(schema), **failures()},
            ),
            "post": create,
        },
        f"/{tag}/{{name}}": {
            "servers": PAYMENT_SERVERS,
            "get": _operation(
                f"retrieve{name}",
                f"Read a {tag}",
                tag,
                security=security("read"),
                parameters=[named, fields_of(resource), _type(types)],
                responses={"200": answer(f"The {tag}.", ref(schema)), **failures(404)},
            ),
        },
        f"/{tag}/describe": {"servers": PAYMENT_SERVERS, "get": describe(name, tag)},
    }


def describe(name: str, tag: str) -> Json:
    found = {"200": answer("JSON schema, filters and sorts.", {"type": "object"}), "500": failures()["500"]}
    return _operation(f"describe{name}", f"What a {name} has", tag, security=[], responses=found)


def _create_payment() -> Json:
    links = {"payment": link_by_id("retrievePayment", "The payment as it is later.")}
    allocate = parameter(
        "allocate", "What is not assigned goes to the oldest bills.", {"type": "string", "enum": ["auto"]}
    )
    return _operation(
        "createPayment",
        "Take a payment, or record one",
        "payment",
        description="201 also if the payment was denied or its outcome is not known yet: read `status`. A repeated "
        "`correlatorId` with the same body answers the first payment again; with another body it is 409.",
        security=security("pay", "record"),
        parameters=[_type(_TYPES), allocate],
        requestBody=json_body("TmfPaymentCreate", PAYMENT_SAMPLES),
        responses={"201": created(ref("TmfPayment"), links), **body_failures(409, 429, 503)},
    )


def _create_refund() -> Json:
    links = {"refund": link_by_id("retrieveRefund", "The refund as it is later.")}
    return _operation(
        "createRefund",
        "Refund a payment",
        "refund",
        security=security("refund"),
        parameters=[_type(_REFUND_TYPES)],
        requestBody=json_body("TmfRefundCreate", {"Of a payment": _REFUND_SAMPLE}),
        responses={"201": created(ref("TmfRefund"), links), **body_failures(409, 503)},
    )


def _allocate() -> Json:
    return _operation(
        "createPaymentAllocation",
        "Allocate a payment's money to bills",
        "payment",
        security=security("pay"),
        requestBody=json_body("TmfAllocationCreate", {"One bill": _ALLOCATION_SAMPLE}),
        responses={"201": answer("Allocated.", ref("TmfAllocation")), **body_failures(409)},
    )


def _delivery() -> Json:
    """What the hub posts to a listener."""
    signature = parameter(
        SIGNATURE_HEADER,
        "sha256= and the HMAC-SHA256 of the body with the subscription's secret.",
        place="header",
    )
    body = {"oneOf": [ref("TmfEvent"), ref("TmfPaymentMethodEvent")]}
    return {
        "post": {
            "operationId": "receiveEvent",
            "summary": "An event",
            "tags": ["hub"],
            "description": "At least once, in the order of each resource; repeated with growing delays until a 2xx.",
            "parameters": [signature],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"204": {"description": "Any 2xx: delivered."}},
        }
    }


def _hub_paths() -> Json:
    unregister = {
        "operationId": "unregisterListener",
        "parameters": {"name": "$response.body#/id"},
        "description": "Ends the subscription.",
    }
    return {
        "/hub": {
            "servers": ALL_SERVERS,
            "post": _operation(
                "registerListener",
                "Register for events",
                "hub",
                security=security("hub"),
                requestBody=json_body("TmfHubCreate", {"New payments": _HUB_SAMPLE}),
                responses={
                    "201": created(ref("TmfSubscription"), {"unregister": unregister}),
                    **body_failures(),
                },
                callbacks={"event": {"{$request.body#/callback}": _delivery()}},
            ),
        },
        "/hub/{name}": {
            "servers": ALL_SERVERS,
            "delete": _operation(
                "unregisterListener",
                "Unregister",
                "hub",
                security=security("hub"),
                parameters=[path_parameter("The id of the subscription.")],
                responses={"204": {"description": "Ended."}, **failures(404)},
            ),
        },
    }


def fragment() -> Json:
    """Paths and components, for the document of everything."""
    event = _event(EVENT_TYPES, {"payment": "TmfPayment", "refund": "TmfRefund"}, "Of a payment or a refund.")
    of_method = _event(
        method_events.EVENT_TYPES, {"paymentMethod": "TmfPaymentMethod"}, "Of a payment method."
    )
    return {
        "paths": {
            **_resource_paths("Payment", queries.PAYMENT, _TYPES, _create_payment()),
            **_resource_paths("Refund", queries.REFUND, _REFUND_TYPES, _create_refund()),
            "/paymentAllocation": {"servers": PAYMENT_SERVERS, "post": _allocate()},
            **_hub_paths(),
            **token_paths(),
        },
        "webhooks": {"event": _delivery()},
        "components": {
            "securitySchemes": SECURITY_SCHEMES,
            "schemas": {
                "TmfError": ERROR,
                "TmfMoney": MONEY,
                "TmfReference": REFERENCE,
                "TmfPaymentMethodRef": _METHOD,
                "TmfPaymentItem": _ITEM,
                "TmfPayment": _PAYMENT,
                "TmfRefund": _REFUND,
                "TmfAllocation": _ALLOCATION,
                "TmfSubscription": _SUBSCRIPTION,
                "TmfEvent": event,
                "TmfPaymentMethodEvent": of_method,
                **shapes([PaymentCreate, RefundCreate, AllocationCreate, HubCreate], "Tmf"),
            },
        },
    }
