"""OpenAPI of payments, refunds, allocations and the hub."""

from typing import Any

from billing.contracts.tmf.openapi import (
    ALL_SERVERS,
    PAYMENT_SERVERS,
    SECURITY_SCHEMES,
    Json,
    answer,
    body_failures,
    created,
    failures,
    fields_of,
    json_body,
    link_by_id,
    list_parameters,
    listed,
    parameter,
    path_parameter,
    ref,
    security,
)
from billing.contracts.tmf.openapi_tokens import token_paths
from billing.contracts.tmf.tmf676 import queries
from billing.contracts.tmf.tmf676.openapi_shapes import SCHEMAS
from billing.hub.signing import SIGNATURE_HEADER

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
            "schemas": SCHEMAS,
        },
    }
