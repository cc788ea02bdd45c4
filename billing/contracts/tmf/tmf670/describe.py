"""`paymentMethod/describe`: the types of payment methods and the attributes of each."""

from typing import Any

import msgspec

from billing.contracts.tmf.specification import DescribeView
from billing.contracts.tmf.tmf670 import queries
from billing.contracts.tmf.tmf670.types import TYPES, Moment


class PaymentMethodDescribeView(DescribeView):
    title, resource, required = "PaymentMethod", queries.PAYMENT_METHOD, ("@type", "name")
    lists = {"account": "AccountRef", "attachment": "Attachment"}
    read_only = ("id", "href", "statusDate")

    def more(self) -> dict[str, Any]:
        """`oneOf`: what each `@type` takes, and what it must have."""
        return {"oneOf": [_schema(name) for name in TYPES], "$defs": _SHARED}


def _schema(name: str) -> dict[str, Any]:
    found = dict(_COMPONENTS[TYPES[name].body.__name__])
    properties = {**found["properties"], "@type": {"const": name}}
    return {**found, "title": name, "properties": properties}


def _special(kind: type) -> dict[str, Any]:
    if kind is not Moment:
        raise NotImplementedError
    return {"type": "string", "format": "date-time"}


def _with_numbers(schema: Any) -> Any:
    """msgspec describes decimals as texts; they are also read as numbers."""
    if isinstance(schema, list):
        return [_with_numbers(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "decimal":
        return {"type": ["number", "string"]}
    return {name: _with_numbers(part) for name, part in schema.items()}


_BODIES = {kind.body for kind in TYPES.values()}
_COMPONENTS = _with_numbers(
    msgspec.json.schema_components(_BODIES, schema_hook=_special, ref_template="#/$defs/{name}")[1]
)
_SHARED = {
    name: schema for name, schema in _COMPONENTS.items() if name not in {body.__name__ for body in _BODIES}
}
