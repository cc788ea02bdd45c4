"""`refund`: lists, single documents, creating."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import client_of
from billing.contracts.tmf.bodies import read_body
from billing.contracts.tmf.documents import DocumentView, created
from billing.contracts.tmf.specification import DescribeView
from billing.contracts.tmf.tmf630.query import Query
from billing.contracts.tmf.tmf676 import commands, mapping, queries
from billing.contracts.tmf.tmf676.requests import RefundCreate
from billing.contracts.tmf.tmf676.statuses import STATUSES
from billing.contracts.tmf.view import wants_oracle, write_options
from billing.models import Refund
from billing.poid import number_of
from billing.services.refund_request import request_refund


class RefundDocuments(DocumentView):
    resource, plain, oracle = queries.REFUND, "Refund", "RefundOracle"

    def rows(self, query: Query) -> QuerySet[Refund]:
        return queries.REFUNDS

    def document(self, query: Query) -> Callable[[Refund], dict[str, Any]]:
        base, oracle = self.base, wants_oracle(query.options, self.plain, self.oracle)
        return lambda item: mapping.refund(item, base, oracle=oracle)


class RefundListView(RefundDocuments):
    scopes = {"POST": ("refund",)}

    def get(self, request: Request, path: str) -> Any:
        return self.list(request)

    def post(self, request: Request, path: str) -> Response:
        options = write_options(request, "@type")
        oracle = wants_oracle(options, self.plain, self.oracle)
        refund = request_refund(commands.refund_of(read_body(request.data, RefundCreate), client_of(request)))
        return created(mapping.refund(queries.REFUNDS.get(pk=refund.pk), self.base, oracle=oracle))


class RefundView(RefundDocuments):
    def get(self, request: Request, path: str, name: str) -> Response:
        number = number_of(name, "item-refund")
        return self.read(request, None if number is None else Q(pk=number))


class RefundDescribeView(DescribeView):
    title, resource, statuses = "Refund", queries.REFUND, STATUSES
    required = ("account", "paymentMethod", "totalAmount")
