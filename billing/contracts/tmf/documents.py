"""Reading resources: lists and single documents."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import client_of
from billing.contracts.tmf.tmf630.fields import select_fields
from billing.contracts.tmf.tmf630.lists import list_response
from billing.contracts.tmf.tmf630.query import Query, QueryError
from billing.contracts.tmf.tmf630.resource import Resource, query_of
from billing.contracts.tmf.view import TmfView


class DocumentView(TmfView):
    """Lists and reads one resource. `plain` and `oracle` are the values of the option `@type`."""

    resource: Resource
    query_options: tuple[str, ...] = ("@type",)
    plain: str
    oracle: str

    def rows(self, query: Query) -> QuerySet[Any]:
        """The rows that the documents are made of, before filters."""
        raise NotImplementedError

    def document(self, query: Query) -> Callable[[Any], dict[str, Any]]:
        """A function from a row to its document."""
        raise NotImplementedError

    def within_reach(self, query: Query) -> QuerySet[Any]:
        """The rows that the client may see."""
        return client_of(self.request).reach.limit(self.rows(query))

    def list(self, request: Request) -> HttpResponseBase:
        query = query_of(request, self.resource, options=self.query_options)
        return list_response(request, self.within_reach(query), query, self.resource, self.document(query))

    def read(self, request: Request, found: Q | None) -> Response:
        """The one row that `found` matches, else 404. The query may hold `fields` and `@type` only."""
        query = query_of(request, self.resource, options=self.query_options)
        if query.conditions or query.sort or query.limit is not None or query.offset:
            name = query.conditions[0].attribute if query.conditions else "sort"
            raise QueryError(name, "A single resource takes fields and @type only.")
        rows = list(self.within_reach(query).filter(found)[:2]) if found is not None else []
        if len(rows) != 1:  # an external id that two owners use identifies neither
            raise NotFound
        return Response(select_fields(self.document(query)(rows[0]), query.fields))


def created(document: dict[str, Any]) -> Response:
    return Response(document, status=201, headers={"Location": document["href"]})
