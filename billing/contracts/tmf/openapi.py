"""OpenAPI parts that TM Forum's APIs share. Written by hand: bodies are structs, and paths have six bases."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from billing.contracts.tmf.auth import PERMISSIONS
from billing.contracts.tmf.hrefs import BASES, PAYMENT_BASES
from billing.contracts.tmf.tmf630.resource import Amount, Attribute, Moment, Resource

Json = dict[str, Any]

NOTES = {
    "payment/v4": "TM Forum: the named payment method is charged",
    "tmf-api/paymentManagement/v4": "The same, where TM Forum's conformance kit looks for it",
    "brm/payment/v4": "BRM: the account's own payment method is charged, whichever is named",
    "brm/paymentMethods/v1": "BRM's payment methods",
    "tmf-api/paymentMethod/v4": "TM Forum's payment methods",
    "tmf-api/paymentMethodManagement/v4": "The same, where TM Forum's conformance kit looks for it",
}
_ORDER = list(NOTES)
PAYMENT_SERVERS = [
    {"url": f"/{base}", "description": NOTES[base]} for base in sorted(PAYMENT_BASES, key=_ORDER.index)
]
ALL_SERVERS = [{"url": f"/{base}", "description": NOTES[base]} for base in sorted(BASES, key=_ORDER.index)]

_SCOPES = {
    "read": "Read payments, refunds and payment methods",
    "pay": "Charge stored payment methods, allocate payments",
    "record": "Record money that was received outside (cash, checks)",
    "refund": "Refund payments",
    "hub": "Listen to events",
    "methods": "Add payment methods",
    "change_methods": "Change and remove payment methods",
}
SECURITY_SCHEMES: Json = {
    "oauth2": {
        "type": "oauth2",
        "description": "Client credentials of an API client.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth/token",
                "scopes": {name: _SCOPES[name] for name in PERMISSIONS},
            }
        },
    },
    "tmfToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A JWT of a user who is for TM Forum's APIs.",
    },
}

TEXT: Json = {"type": "string"}
MOMENT: Json = {"type": "string", "format": "date-time"}


AMOUNT: Json = {
    "type": ["number", "string"],
    "description": "An exact decimal, also as a text.",
    "minimum": 0,
    "exclusiveMaximum": 10**14,
    "pattern": "^[0-9]{1,14}([.][0-9]+)?$",
}


def nullable(schema: Json) -> Json:
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def document(properties: Mapping[str, Json], *, required: Collection[str] = ("id", "href")) -> Json:
    """An answer's object: `fields` may leave out everything but id and href."""
    return {"type": "object", "properties": dict(properties), "required": list(required)}


def shapes(bodies: Iterable[type[msgspec.Struct]], prefix: str) -> Json:
    """The schemas of bodies that clients send, `prefix` before each name."""

    def special(kind: type) -> Json:
        return MOMENT  # the only type that msgspec does not know

    _refs, components = msgspec.json.schema_components(
        bodies, schema_hook=special, ref_template=f"#/components/schemas/{prefix}{{name}}"
    )
    return {f"{prefix}{name}": _plain(schema) for name, schema in components.items()}


def _plain(schema: Any) -> Any:
    """Without titles and the default null; decimals are also read as numbers."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema == {} or schema.get("format") == "decimal":  # an amount, raw or decoded
        return AMOUNT
    kept = {
        name: part for name, part in schema.items() if name != "title" and (name, part) != ("default", None)
    }
    if set(kept) == {"anyOf"} and len(kept["anyOf"]) == 1:
        return _plain(kept["anyOf"][0])
    return {
        name: {key: _plain(part) for key, part in value.items()} if name == "properties" else _plain(value)
        for name, value in kept.items()
    }


MONEY = document(
    {
        "unit": {**TEXT, "description": "ISO 4217."},
        "value": {"type": "number"},
        "@baseType": nullable(TEXT),
        "@schemaLocation": nullable(TEXT),
        "@type": nullable(TEXT),
    },
    required=("unit", "value"),
)
REFERENCE = document(
    {
        name: TEXT if name == "id" else nullable(TEXT)
        for name in (
            "id", "href", "name", "role", "description", "@baseType", "@schemaLocation", "@type", "@referredType",
        )
    },
    required=("id",),
)  # fmt: skip
ERROR = document(
    {
        "code": TEXT,
        "reason": TEXT,
        "message": TEXT,
        "status": {**TEXT, "description": "The HTTP status, as text."},
        "referenceError": nullable(TEXT),
        "@baseType": nullable(TEXT),
        "@schemaLocation": nullable(TEXT),
        "@type": {"const": "Error"},
    },
    required=("code", "reason", "message", "status", "@type"),
)
_TEXTS = {
    400: "24 a field of the body, 28 a parameter, 22 no JSON; a broken rule has its own code.",
    401: "40 no credentials, 41 wrong ones.",
    403: "50: the scope or permission is missing.",
    404: "60: no such resource, or not within the client's reach.",
    409: "The resource is in another state, or the correlatorId was used for another body.",
    411: "The body has no Content-Length.",
    413: "66: the body is too large.",
    415: "68: the body is not JSON.",
    429: "53: too many attempts for this account.",
    500: "1: something went wrong.",
    503: "The bank could not be reached. Nothing was charged; the same request may succeed later.",
}


def failures(*statuses: int) -> Json:
    """The answers of every operation, and of `statuses`."""
    return {
        str(status): {
            "description": _TEXTS[status],
            "content": {"application/json": {"schema": ref("TmfError")}},
        }
        for status in sorted({400, 401, 403, 500, *statuses})
    }


def body_failures(*statuses: int) -> Json:
    return failures(411, 413, 415, *statuses)


def security(*scopes: str) -> list[Json]:
    """One of the scopes, or a token of a user with the permission that it stands for."""
    return [*({"oauth2": [scope]} for scope in scopes), {"tmfToken": []}, {"tokenAuth": []}]


def json_body(name: str, examples: Mapping[str, Any]) -> Json:
    shown = {title: {"value": value} for title, value in examples.items()}
    content = {"application/json": {"schema": ref(name), "examples": shown}}
    return {"required": True, "content": content}


def answer(description: str, schema: Json, **more: Any) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}, **more}


def created(schema: Json, links: Json | None = None) -> Json:
    location = {"description": "The href.", "schema": {"type": "string", "format": "uri"}, "required": True}
    return answer("Created.", schema, headers={"Location": location}, **({"links": links} if links else {}))


def link_by_id(operation: str, description: str) -> Json:
    return {
        "operationId": operation,
        "parameters": {"name": "$response.body#/id"},
        "description": description,
    }


def path_parameter(description: str) -> Json:
    return {"name": "name", "in": "path", "required": True, "description": description, "schema": TEXT}


def parameter(name: str, description: str, schema: Json = TEXT, *, place: str = "query") -> Json:
    return {"name": name, "in": place, "description": description, "schema": schema}


def list_parameters(resource: Resource) -> list[Json]:
    """TMF630: what lists can be asked for."""
    one = f"[-+]?({_any_of(resource.sorts)})"
    sorts = f"One or more of {', '.join(resource.sorts)}, with - before it: descending."
    found = [
        fields_of(resource),
        parameter("offset", "Rows to leave out.", {**_WHOLE, "minimum": 0}),
        parameter("limit", "Rows at most; without it the whole list is streamed.", {**_WHOLE, "minimum": 1}),
        parameter("sort", sorts, {"type": "string", "pattern": f"^{one}(,{one})*$"}),
    ]
    for name, attribute in resource.filters.items():
        value = _value(attribute)
        for operator in attribute.operators:
            if operator == "eq":
                found.append(parameter(name, "Equal; several values with a comma: any of them.", value))
            elif operator != "regex":
                found.append(parameter(f"{name}.{operator}", _OPERATORS[operator], value))
    return found


def fields_of(resource: Resource) -> Json:
    one = f"({_any_of(sorted(resource.names))})"
    text = "Names of attributes, with commas. id and href always stay."
    return parameter("fields", text, {"type": "string", "pattern": f"^{one}(,{one})*$"})


def _any_of(names: Iterable[str]) -> str:
    return "|".join(name.replace(".", "[.]") for name in names)


_WHOLE: Json = {"type": "integer", "maximum": 10**15 - 1}
_OPERATORS = {"gt": "Above.", "gte": "From.", "lt": "Below.", "lte": "Up to."}


def _value(attribute: Attribute) -> Json:
    if isinstance(attribute, Moment):
        return {"anyOf": [MOMENT, {"type": "string", "format": "date"}]}
    return dict(_AMOUNT_FILTER) if isinstance(attribute, Amount) else {"type": "string", "minLength": 1}


_AMOUNT_FILTER: Json = {"type": "number", "exclusiveMinimum": -(10**14), "exclusiveMaximum": 10**14}


COUNTS: Json = {
    "X-Total-Count": {"description": "Rows that match.", "schema": {"type": "integer"}, "required": True},
    "X-Result-Count": {
        "description": "Rows of this answer.",
        "schema": {"type": "integer"},
        "required": True,
    },
    "Link": {"description": "With `limit`: self, first, prev, next and last.", "schema": TEXT},
}


def listed(name: str) -> Json:
    rows = {"type": "array", "items": ref(name)}
    return {
        "200": answer("All rows that match.", rows, headers=COUNTS),
        "206": answer("A part of them.", rows, headers=COUNTS),
    }
