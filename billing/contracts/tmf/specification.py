"""`…/describe`: a JSON schema of a resource, for programs that ask before they have a token."""

from collections.abc import Sequence
from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.tmf630.resource import Resource
from billing.contracts.tmf.view import TmfView

_OBJECTS = {
    "account": "AccountRef", "amount": "Money", "channel": "ChannelRef", "payer": "RelatedParty",
    "payment": "PaymentRef", "paymentMethod": "PaymentMethodRefOrValue", "requestor": "RelatedParty",
    "remainingAmount": "Money", "reversedPaymentAmount": "Money", "taxAmount": "Money", "totalAmount": "Money",
    "unallocatedAmount": "Money",
}  # fmt: skip
_DATE_TIMES = ("paymentDate", "refundDate", "statusDate")
_READ_ONLY = ("id", "href", "status", "statusDate", "paymentDate", "refundDate")


class DescribeView(TmfView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    title: str
    resource: Resource
    required: Sequence[str]
    statuses: Sequence[str]

    def get(self, request: Request, path: str) -> Response:
        """`x-filters` and `x-sort` are what lists can be filtered and sorted by."""
        document = {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": self.title,
            "type": "object",
            "required": list(self.required),
            "properties": {name: self._property(name) for name in sorted(self.resource.names)},
            "x-filters": {name: list(item.operators) for name, item in self.resource.filters.items()},
            "x-sort": list(self.resource.sorts),
        }
        return Response(document)

    def _property(self, name: str) -> dict[str, Any]:
        if name in _OBJECTS:
            return {"type": "object", "title": _OBJECTS[name]}
        if name == "paymentItem":
            return {"type": "array", "items": {"type": "object", "title": "PaymentItem"}}
        known: dict[str, Any] = {"type": "string"}
        if name in _DATE_TIMES:
            known["format"] = "date-time"
        if name == "status":
            known["enum"] = list(self.statuses)
        return known | ({"readOnly": True} if name in _READ_ONLY else {})
