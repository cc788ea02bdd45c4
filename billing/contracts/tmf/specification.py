"""`…/describe`: what payments and refunds consist of, for programs that ask before they log in."""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.base_view import TmfView
from billing.contracts.tmf.tmf630 import Resource
from billing.contracts.tmf.tmf676 import queries
from billing.contracts.tmf.tmf676.statuses import WORDS

_OBJECTS = {
    "account": "AccountRef", "amount": "Money", "channel": "ChannelRef", "payer": "RelatedParty",
    "payment": "PaymentRef", "paymentMethod": "PaymentMethodRefOrValue", "requestor": "RelatedParty",
    "remainingAmount": "Money", "reversedPaymentAmount": "Money", "taxAmount": "Money", "totalAmount": "Money",
    "unallocatedAmount": "Money",
}  # fmt: skip
_MOMENTS = ("paymentDate", "refundDate", "statusDate")
_REQUIRED = ["account", "paymentMethod", "totalAmount"]
_SET_BY_US = ("id", "href", "status", "statusDate", "paymentDate", "refundDate")


def _property(name: str) -> dict[str, Any]:
    if name in _OBJECTS:
        return {"type": "object", "title": _OBJECTS[name]}
    if name == "paymentItem":
        return {"type": "array", "items": {"type": "object", "title": "PaymentItem"}}
    known: dict[str, Any] = {"type": "string"}
    if name in _MOMENTS:
        known["format"] = "date-time"
    if name == "status":
        known["enum"] = list(WORDS)
    return known | ({"readOnly": True} if name in _SET_BY_US else {})


def describe(name: str, resource: Resource) -> dict[str, Any]:
    """A JSON schema of the resource, with what lists of it can be asked for."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": name,
        "type": "object",
        "required": _REQUIRED,
        "properties": {key: _property(key) for key in sorted(resource.names)},
        "x-filters": {key: list(attribute.operators) for key, attribute in resource.filters.items()},
        "x-sort": list(resource.sorts),
    }


class _DescribeView(TmfView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class PaymentDescribeView(_DescribeView):
    def get(self, request: Request, path: str) -> Response:
        return Response(describe("Payment", queries.PAYMENT))


class RefundDescribeView(_DescribeView):
    def get(self, request: Request, path: str) -> Response:
        return Response(describe("Refund", queries.REFUND))
