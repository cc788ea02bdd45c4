"""OpenAPI of payment methods."""

from typing import Any

from billing.contracts.tmf.openapi import (
    ALL_SERVERS,
    MOMENT,
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
)
from billing.contracts.tmf.tmf670 import queries
from billing.contracts.tmf.tmf670.types import TYPES

_NAMED = path_parameter("The id: POID or external id.")
_KEY = parameter(
    "Idempotency-Key",
    "The same key with the same body answers the first payment method again; with another body it is 409.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    place="header",
)
_REPLAYED = {
    "Idempotent-Replayed": {"description": "true: nothing was added.", "schema": {"const": "true"}},
    "Location": {"description": "The href.", "schema": TEXT, "required": True},
}
_TEXTS = (
    "description", "name", "status", "authorizationCode", "statusReason", "@baseType", "@schemaLocation", "@type",
)  # fmt: skip
_DOCUMENT = {
    **document(
        {
            "id": TEXT,
            "href": {"type": "string", "format": "uri"},
            **{name: nullable(TEXT) for name in _TEXTS},
            "isPreferred": nullable({"type": "boolean"}),
            "statusDate": nullable(MOMENT),
            "account": nullable({"type": "array", "items": ref("TmfReference")}),
            "relatedParty": nullable({"type": "object"}),
            "relatedPlace": nullable({"type": "object"}),
            "validFor": nullable({"type": "object"}),
        }
    ),
    "description": "Beside these the attributes of its `@type`, masked where they are secret.",
}
SAMPLES: dict[str, Any] = {
    "A card, masked": {
        "@type": "BankCard",
        "name": "Mary's card",
        "brand": "Visa",
        "cardNumber": "411111******1111",
        "expirationDate": "2040-06-30T23:59:59Z",
        "nameOnCard": "Mary Irwin",
        "account": [{"id": "0.0.0.1+-account+84808"}],
    },
    "Cash": {"@type": "Cash", "name": "Cash"},
}


def _prefixed(name: str) -> str:
    return f"TmfNew{name}"


def _bodies() -> Json:
    """One schema for each `@type`, and all of them together."""
    kinds = {kind.body for kind in TYPES.values()}
    known = shapes(kinds, "TmfNew")
    whole: Json = {}
    for name, kind in TYPES.items():
        body = known[_prefixed(kind.body.__name__)]
        whole[f"Tmf{name}Create"] = {**body, "properties": {**body["properties"], "@type": {"const": name}}}
    shared = {
        name: part for name, part in known.items() if name not in {_prefixed(k.__name__) for k in kinds}
    }
    mapping = {name: f"#/components/schemas/Tmf{name}Create" for name in TYPES}
    create = {
        "oneOf": [ref(f"Tmf{name}Create") for name in TYPES],
        "discriminator": {"propertyName": "@type", "mapping": mapping},
    }
    return {**whole, **shared, "TmfAnyMethodCreate": create, "TmfPaymentMethodChange": _change(known)}


def _change(known: Json) -> Json:
    """PATCH: the attributes of all types, none of them mandatory."""
    properties: Json = {}
    for kind in TYPES.values():
        properties |= known[_prefixed(kind.body.__name__)]["properties"]
    return {
        "type": "object",
        "properties": {name: _optional(schema) for name, schema in properties.items()},
        "description": "Merges: what is not sent, or null, stays. `@type` and the account of a payment method stay.",
    }


def _optional(schema: Json) -> Json:
    return {name: part for name, part in schema.items() if name != "default"}


def _operation(name: str, summary: str, scope: str, **more: Any) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["paymentMethod"],
        "security": security(scope),
        **more,
    }


def fragment() -> Json:
    """Paths and components, for the document of everything."""
    links = {"paymentMethod": link_by_id("retrievePaymentMethod", "The payment method as it is later.")}
    add = created(ref("TmfPaymentMethod"), links)
    add["headers"] = _REPLAYED
    found = {"200": answer("The payment method.", ref("TmfPaymentMethod"))}
    listing = list_parameters(queries.PAYMENT_METHOD)
    paths = {
        "/paymentMethod": {
            "get": _operation(
                "listPaymentMethod",
                "List payment methods",
                "read",
                parameters=listing,
                responses={**listed("TmfPaymentMethod"), **failures()},
            ),
            "post": _operation(
                "createPaymentMethod",
                "Add a payment method",
                "methods",
                parameters=[_KEY],
                requestBody=json_body("TmfAnyMethodCreate", SAMPLES),
                responses={"201": add, **body_failures(409)},
            ),
        },
        "/paymentMethod/{name}": {
            "get": _operation(
                "retrievePaymentMethod",
                "Read a payment method",
                "read",
                parameters=[_NAMED, fields_of(queries.PAYMENT_METHOD)],
                responses={**found, **failures(404)},
            ),
            "patch": _operation(
                "patchPaymentMethod",
                "Change a payment method",
                "change_methods",
                parameters=[_NAMED],
                requestBody=json_body(
                    "TmfPaymentMethodChange", {"Another name": {"name": "Mary's new card"}}
                ),
                responses={**found, **body_failures(404, 409)},
            ),
            "delete": _operation(
                "deletePaymentMethod",
                "Remove a payment method",
                "change_methods",
                parameters=[_NAMED],
                responses={"204": {"description": "Nobody finds or charges it any more."}, **failures(404)},
            ),
        },
        "/accounts/{name}/paymentMethods": {
            "get": _operation(
                "listAccountPaymentMethod",
                "List an account's payment methods",
                "read",
                parameters=[path_parameter("The account: POID or number."), *listing],
                responses={**listed("TmfPaymentMethod"), **failures(404)},
            )
        },
        "/paymentMethod/describe": {
            "get": {
                **_operation("describePaymentMethod", "What a payment method of each type has", "read"),
                "security": [],
                "responses": {
                    "200": answer("JSON schema, filters and sorts.", {"type": "object"}),
                    "500": failures()["500"],
                },
            }
        },
    }
    return {
        "paths": {path: {"servers": ALL_SERVERS, **item} for path, item in paths.items()},
        "components": {"schemas": {"TmfPaymentMethod": _DOCUMENT, **_bodies()}},
    }
