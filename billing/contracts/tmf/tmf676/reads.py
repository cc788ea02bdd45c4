"""Lists and single documents: payments, refunds, payment methods."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.base_view import TmfView, wants
from billing.contracts.tmf.tmf630 import Resource, list_response, read_query
from billing.contracts.tmf.tmf630 import query as tmf630
from billing.contracts.tmf.tmf630.query import Query, QueryError
from billing.contracts.tmf.tmf676 import mapping, queries
from billing.models import Account, Payment, PaymentMethod, Refund
from billing.poid import number_of

ALWAYS = ("id", "href")
TYPE = ("@type",)


class DocumentMixin:
    """One resource: how it is found and what its document is."""

    resource: Resource
    plain: str
    oracle: str

    def rows(self, query: Query) -> QuerySet[Any]:
        raise NotImplementedError

    def document(self, query: Query) -> Callable[[Any], dict[str, Any]]:
        raise NotImplementedError

    def list(self, request: Request) -> HttpResponseBase:
        query = read_query(request, self.resource, options=TYPE)
        return list_response(request, self.rows(query), query, self.resource, self.document(query))

    def read(self, request: Request, found: Q | None) -> Response:
        """The one that is found, or 404. `fields` and `@type` are all that may be asked."""
        query = read_query(request, self.resource, options=TYPE)
        if query.conditions or query.sort or query.limit is not None or query.offset:
            name = query.conditions[0].attribute if query.conditions else "sort"
            raise QueryError(name, "A single resource takes fields and @type only.")
        rows = list(self.rows(query).filter(found)[:2]) if found is not None else []
        if len(rows) != 1:  # an id that two owners gave names neither
            raise exceptions.NotFound
        return Response(tmf630.select(self.document(query)(rows[0]), query.fields, ALWAYS))


def _wants_items(query: Query) -> bool:
    return query.fields is None or any(name.partition(".")[0] == "paymentItem" for name in query.fields)


class PaymentDocuments(DocumentMixin, TmfView):
    resource, plain, oracle = queries.PAYMENT, "Payment", "PaymentOracle"

    def rows(self, query: Query) -> QuerySet[Payment]:
        return queries.with_items(queries.PAYMENTS) if _wants_items(query) else queries.PAYMENTS

    def document(self, query: Query) -> Callable[[Payment], dict[str, Any]]:
        base, oracle = self.base, wants(query.options, self.plain, self.oracle)
        with_items = _wants_items(query)
        return lambda item: mapping.payment(item, base, oracle=oracle, with_items=with_items)


class RefundDocuments(DocumentMixin, TmfView):
    resource, plain, oracle = queries.REFUND, "Refund", "RefundOracle"

    def rows(self, query: Query) -> QuerySet[Refund]:
        return queries.REFUNDS

    def document(self, query: Query) -> Callable[[Refund], dict[str, Any]]:
        base, oracle = self.base, wants(query.options, self.plain, self.oracle)
        return lambda item: mapping.refund(item, base, oracle=oracle)


class MethodDocuments(DocumentMixin, TmfView):
    resource, plain, oracle = queries.METHOD, "PaymentMethod", "PaymentMethodOracle"

    def rows(self, query: Query) -> QuerySet[PaymentMethod]:
        return queries.METHODS

    def document(self, query: Query) -> Callable[[PaymentMethod], dict[str, Any]]:
        base = self.base
        wants(query.options, self.plain, self.oracle)
        return lambda item: mapping.method(item, base)


class MethodListView(MethodDocuments):
    def get(self, request: Request, path: str) -> HttpResponseBase:
        return self.list(request)


class PaymentView(PaymentDocuments):
    def get(self, request: Request, path: str, name: str) -> Response:
        return self.read(request, _key(name, "item-payment"))


class RefundView(RefundDocuments):
    def get(self, request: Request, path: str, name: str) -> Response:
        return self.read(request, _key(name, "item-refund"))


class MethodView(MethodDocuments):
    def get(self, request: Request, path: str, name: str) -> Response:
        return self.read(request, queries.method_named(name))


class AccountMethodsView(MethodDocuments):
    """The methods of one account."""

    def rows(self, query: Query) -> QuerySet[PaymentMethod]:
        account = Account.objects.filter(queries.account_named(self.kwargs["name"])).first()
        if account is None:
            raise exceptions.NotFound
        return queries.METHODS.filter(account=account)

    def get(self, request: Request, path: str, name: str) -> HttpResponseBase:
        return self.list(request)


def _key(name: str, kind: str) -> Q | None:
    number = number_of(name, kind)
    return None if number is None else Q(pk=number)
