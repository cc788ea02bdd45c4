"""`paymentMethod`: lists and single documents."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.accounts import account_named
from billing.contracts.tmf.auth import client_of
from billing.contracts.tmf.documents import DocumentView
from billing.contracts.tmf.tmf630.query import Query
from billing.contracts.tmf.tmf670 import mapping, queries
from billing.contracts.tmf.view import wants_oracle
from billing.models import Account, PaymentMethod


class PaymentMethodDocuments(DocumentView):
    resource, plain, oracle = queries.PAYMENT_METHOD, "PaymentMethod", "PaymentMethodOracle"

    def rows(self, query: Query) -> QuerySet[PaymentMethod]:
        return queries.PAYMENT_METHODS

    def document(self, query: Query) -> Callable[[PaymentMethod], dict[str, Any]]:
        base = self.base
        wants_oracle(query.options, self.plain, self.oracle)  # both forms are the same
        return lambda item: mapping.method(item, base)


class PaymentMethodListView(PaymentMethodDocuments):
    def get(self, request: Request, path: str) -> HttpResponseBase:
        return self.list(request)


class PaymentMethodView(PaymentMethodDocuments):
    def get(self, request: Request, path: str, name: str) -> Response:
        return self.read(request, queries.method_named(name))


class AccountPaymentMethodsView(PaymentMethodDocuments):
    """The payment methods of one account."""

    def rows(self, query: Query) -> QuerySet[PaymentMethod]:
        accounts = client_of(self.request).reach.limit(Account.objects.all())
        account = accounts.filter(account_named(self.kwargs["name"])).first()
        if account is None:
            raise NotFound
        return queries.PAYMENT_METHODS.filter(account=account)

    def get(self, request: Request, path: str, name: str) -> HttpResponseBase:
        return self.list(request)
