"""`…/describe`: a JSON schema of a resource, for programs that ask before they have a token."""

from collections.abc import Collection, Mapping, Sequence
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
    "unallocatedAmount": "Money", "relatedParty": "RelatedParty", "relatedPlace": "RelatedPlace",
    "validFor": "TimePeriod", "value": "Quantity",
}  # fmt: skip
_DATE_TIMES = (
    "paymentDate", "refundDate", "statusDate", "expirationDate", "firstDebitDate", "lastDebitDate", "signedDate",
    "signatureDate", "mandateStatusDate", "cancellationDate",
)  # fmt: skip
_FLAGS = ("isPreferred",)


class DescribeView(TmfView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    title: str
    resource: Resource
    required: Sequence[str]
    statuses: Sequence[str] = ()
    """Empty where a status is any text."""
    lists: Mapping[str, str] = {"paymentItem": "PaymentItem"}
    read_only: Collection[str] = ("id", "href", "status", "statusDate", "paymentDate", "refundDate")

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
        return Response(document | self.more())

    def more(self) -> dict[str, Any]:
        """What else the schema of a resource has."""
        return {}

    def _property(self, name: str) -> dict[str, Any]:
        if name in self.lists:
            return {"type": "array", "items": {"type": "object", "title": self.lists[name]}}
        if name in _OBJECTS:
            return {"type": "object", "title": _OBJECTS[name]}
        if name in _FLAGS:
            return {"type": "boolean"}
        known: dict[str, Any] = {"type": "string"}
        if name in _DATE_TIMES:
            known["format"] = "date-time"
        if name == "status" and self.statuses:
            known["enum"] = list(self.statuses)
        return known | ({"readOnly": True} if name in self.read_only else {})
