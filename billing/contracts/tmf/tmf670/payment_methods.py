"""`paymentMethod`: lists, single documents, adding, changing, removing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from billing import services
from billing.contracts.tmf.accounts import account_named
from billing.contracts.tmf.auth import client_of
from billing.contracts.tmf.documents import DocumentView, created
from billing.contracts.tmf.tmf630.query import Query
from billing.contracts.tmf.tmf670 import commands, mapping, queries
from billing.contracts.tmf.view import write_options
from billing.errors import MethodRemovedError
from billing.models import Account, PaymentMethod
from billing.services.payment_method import MASKS
from billing.services.requested_method import add_requested_method
from config.kit.lib.errors import InvalidValueError, InvalidValuesError

KEY = "Idempotency-Key"


class PaymentMethodDocuments(DocumentView):
    resource, query_options = queries.PAYMENT_METHOD, ()  # `@type` is an attribute to filter by

    def within_reach(self, query: Query) -> QuerySet[PaymentMethod]:
        return queries.listed_methods(client_of(self.request))

    def document(self, query: Query) -> Callable[[PaymentMethod], dict[str, Any]]:
        base = self.base
        return lambda item: mapping.method(item, base)

    def stored_document(self, key: int) -> dict[str, Any]:
        """As it is now; without its secrets."""
        found = PaymentMethod.objects.select_related("account").defer(*MASKS).get(pk=key)
        return mapping.method(found, self.base)


class PaymentMethodListView(PaymentMethodDocuments):
    scopes = {"POST": ("methods",)}

    def get(self, request: Request, path: str) -> HttpResponseBase:
        return self.list(request)

    def post(self, request: Request, path: str) -> Response:
        """201, also for a repeated request with the same Idempotency-Key, which adds nothing."""
        write_options(request)
        client, key = client_of(request), request.headers.get(KEY, "")
        if len(key) > 255 or not key.isprintable():
            raise ValidationError({KEY: ["At most 255 printable characters."]})
        fields = commands.fields_of_new(request.data, client)
        with _wire_names():
            method, is_replayed = add_requested_method(
                client=client.name,
                key=key,
                fingerprints=commands.fingerprints_of(request.data) if key else [""],
                fields=fields,
            )
        answer = created(self.stored_document(method.pk))
        if is_replayed:
            answer["Idempotent-Replayed"] = "true"
        return answer


class PaymentMethodView(PaymentMethodDocuments):
    scopes = {"PATCH": ("change_methods",), "DELETE": ("change_methods",)}

    def get(self, request: Request, path: str, name: str) -> Response:
        return self.read(request, queries.method_named(name))

    def patch(self, request: Request, path: str, name: str) -> Response:
        """Merges: what is not sent, or null, stays."""
        write_options(request)
        method = self._find(request, name)
        fields = commands.fields_of_change(
            request.data, method, client_of(request), shown=self.stored_document(method.pk)
        )
        with _wire_names():
            services.payment_methods.update(method, **fields)
        return Response(self.stored_document(method.pk))

    def delete(self, request: Request, path: str, name: str) -> Response:
        """Payments keep it; nobody finds or charges it any more."""
        write_options(request)
        services.payment_methods.remove(self._find(request, name))
        return Response(status=204)

    def _find(self, request: Request, name: str) -> PaymentMethod:
        """With its secrets: it will be written."""
        visible = queries.listed_methods(client_of(request)).defer(None)
        found = list(visible.filter(queries.method_named(name))[:2])
        if len(found) != 1:
            raise NotFound
        return found[0]


class AccountPaymentMethodsView(PaymentMethodDocuments):
    """The payment methods of one account."""

    def within_reach(self, query: Query) -> QuerySet[PaymentMethod]:
        accounts = client_of(self.request).reach.limit(Account.objects.all())
        account = accounts.filter(account_named(self.kwargs["name"])).first()
        if account is None:
            raise NotFound
        return super().within_reach(query).filter(account=account)

    def get(self, request: Request, path: str, name: str) -> HttpResponseBase:
        return self.list(request)


@contextmanager
def _wire_names() -> Iterator[None]:
    """Errors of the service in TM Forum's words; a method that was removed meanwhile is not found."""
    try:
        yield
    except MethodRemovedError:
        raise NotFound from None
    except InvalidValuesError:
        raise
    except InvalidValueError as error:
        raise commands.wire_error(error) from None
