"""What is asked for: payments, refunds, allocations. Shape in, one service, document out."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import caller_of
from billing.contracts.tmf.base_view import TmfView, wants
from billing.contracts.tmf.tmf630 import query as tmf630
from billing.contracts.tmf.tmf630.query import Query, QueryError
from billing.contracts.tmf.tmf676 import commands as asking
from billing.contracts.tmf.tmf676 import mapping, queries, reads
from billing.contracts.tmf.tmf676.requests import AllocationCreate, PaymentCreate, RefundCreate, read
from billing.services.account_refund import give_refund
from billing.services.allocate import allocate
from billing.services.charge import take_payment


class PaymentListView(reads.PaymentDocuments):
    scopes = {"POST": "pay"}

    def get(self, request: Request, path: str) -> Any:
        return self.list(request)

    def post(self, request: Request, path: str) -> Response:
        """The payment as it is now: also one that was denied, or whose outcome is not known yet, is a resource."""
        options = read_options(request, "allocate", "@type")
        oracle = wants(options, self.plain, self.oracle)
        if options.get("allocate", "auto") != "auto":
            raise QueryError("allocate", "auto is expected.")
        body = read(request.data, PaymentCreate)
        ip = request.META.get("REMOTE_ADDR", "")
        wanted = asking.payment_of(body, caller_of(request), automatic="allocate" in options, ip=ip)
        payment = take_payment(wanted).payment
        found = queries.with_items(queries.PAYMENTS).get(pk=payment.pk)
        return created(mapping.payment(found, self.base, oracle=oracle))


class RefundListView(reads.RefundDocuments):
    scopes = {"POST": "refund"}

    def get(self, request: Request, path: str) -> Any:
        return self.list(request)

    def post(self, request: Request, path: str) -> Response:
        options = read_options(request, "@type")
        oracle = wants(options, self.plain, self.oracle)
        refund = give_refund(asking.refund_of(read(request.data, RefundCreate), caller_of(request)))
        found = queries.REFUNDS.get(pk=refund.pk)
        return created(mapping.refund(found, self.base, oracle=oracle))


class AllocationView(TmfView):
    scopes = {"POST": "pay"}

    def post(self, request: Request, path: str) -> Response:
        read_options(request)
        payment, parts = asking.allocation_of(read(request.data, AllocationCreate))
        allocated = allocate(payment, parts, user_id=caller_of(request).user_id)
        return Response(mapping.allocation(allocated, parts, self.base), status=201)


def created(document: dict[str, Any]) -> Response:
    return Response(document, status=201, headers={"Location": document["href"]})


def read_options(request: Request, *names: str) -> dict[str, str]:
    """The query string of a request that writes: these parameters and no other. Raises QueryError."""
    query: Query = tmf630.parse(request.META.get("QUERY_STRING", ""), options=names)
    if query.conditions or query.sort or query.fields is not None or query.limit or query.offset:
        name = query.conditions[0].attribute if query.conditions else "query"
        raise QueryError(name, "There is no such parameter here.")
    return dict(query.options)
