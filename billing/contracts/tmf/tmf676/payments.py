"""`payment`: lists, single documents, creating."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import client_of, require_scope
from billing.contracts.tmf.bodies import read_body
from billing.contracts.tmf.documents import DocumentView, created
from billing.contracts.tmf.specification import DescribeView
from billing.contracts.tmf.tmf630.query import Query, QueryError
from billing.contracts.tmf.tmf676 import commands, mapping, queries
from billing.contracts.tmf.tmf676.requests import PaymentCreate
from billing.contracts.tmf.tmf676.statuses import STATUSES
from billing.contracts.tmf.view import wants_oracle, write_options
from billing.models import Payment
from billing.poid import number_of
from billing.services.charge import take_payment
from config.kit.contracts.client_ip import client_ip


class PaymentDocuments(DocumentView):
    resource, plain, oracle = queries.PAYMENT, "Payment", "PaymentOracle"

    def rows(self, query: Query) -> QuerySet[Payment]:
        return queries.with_items(queries.PAYMENTS) if _wants_items(query) else queries.PAYMENTS

    def document(self, query: Query) -> Callable[[Payment], dict[str, Any]]:
        base, oracle = self.base, wants_oracle(query.options, self.plain, self.oracle)
        with_items = _wants_items(query)
        return lambda item: mapping.payment(item, base, oracle=oracle, with_items=with_items)


class PaymentListView(PaymentDocuments):
    scopes = {"POST": ("pay", "record")}

    def get(self, request: Request, path: str) -> Any:
        return self.list(request)

    def post(self, request: Request, path: str) -> Response:
        """201 with the payment as it is now, also if it was denied or its outcome is not known yet."""
        options = write_options(request, "allocate", "@type")
        oracle = wants_oracle(options, self.plain, self.oracle)
        if options.get("allocate", "auto") != "auto":
            raise QueryError("allocate", "auto is expected.")
        body, client = read_body(request.data, PaymentCreate), client_of(request)
        require_scope(request, "record" if commands.is_received_outside(body.payment_method) else "pay")
        wanted = commands.payment_of(
            body,
            client,
            automatic="allocate" in options,
            own_method=self.base.charges_own_method,
            ip=client_ip(request),
        )
        payment = take_payment(wanted).payment
        found = queries.with_items(queries.PAYMENTS).get(pk=payment.pk)
        return created(mapping.payment(found, self.base, oracle=oracle))


class PaymentView(PaymentDocuments):
    def get(self, request: Request, path: str, name: str) -> Response:
        number = number_of(name, "item-payment")
        return self.read(request, None if number is None else Q(pk=number))


class PaymentDescribeView(DescribeView):
    title, resource, statuses = "Payment", queries.PAYMENT, STATUSES
    required = ("account", "paymentMethod", "totalAmount")


def _wants_items(query: Query) -> bool:
    return query.fields is None or any(name.partition(".")[0] == "paymentItem" for name in query.fields)
