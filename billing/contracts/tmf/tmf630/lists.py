"""Answers to lists: a page, or a stream of all rows."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from django.db import DataError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from billing.contracts.tmf.tmf630.fields import select_fields
from billing.contracts.tmf.tmf630.query import Query, QueryError
from billing.contracts.tmf.tmf630.resource import Resource, apply_query
from config.kit.lib.database import snapshot

PAGE = 1_000
"""Longer lists are streamed, this many rows at a time."""
REGEX_MILLISECONDS = 5_000
MEDIA_TYPE = "application/json;charset=utf-8"

encoder = msgspec.json.Encoder(decimal_format="number")
"""JSON with exact decimals as numbers and times in RFC 3339."""


def list_response(
    request: Request,
    rows: QuerySet[Any],
    query: Query,
    resource: Resource,
    document: Callable[[Any], dict[str, Any]],
) -> HttpResponseBase:
    """The rows that match the query, as a JSON list: 200 for all of them, 206 for a part. Raises QueryError.

    Sets X-Total-Count, X-Result-Count and, for a page, Link. A list without a limit is streamed from a server-side
    cursor, so that memory stays bounded.
    """

    def render(row: Any) -> bytes:
        return encoder.encode(select_fields(document(row), query.fields))

    found = apply_query(rows, query, resource)
    if query.limit is None or query.limit > PAGE:
        parts = _snapshot(found, query, render)
        total, length = cast(tuple[int, int], next(parts))
        stream = StreamingHttpResponse(cast(Iterator[bytes], parts), content_type=MEDIA_TYPE)
        return _with_counts(stream, request, query, total, length)
    with transaction.atomic(), _guarded(query):
        total = found.count()
        page = _page(rows, found, query) if query.offset < total else []
    body = b"[" + b",".join(map(render, page)) + b"]"
    return _with_counts(HttpResponse(body, content_type=MEDIA_TYPE), request, query, total, len(page))


def _page(rows: QuerySet[Any], found: QuerySet[Any], query: Query) -> list[Any]:
    """Keys first: they come from an index, so that rows before the offset are never read."""
    keys = list(found.values_list("pk", flat=True)[query.offset : query.offset + cast(int, query.limit)])
    by_key = {row.pk: row for row in rows.filter(pk__in=keys)}
    return [by_key[key] for key in keys if key in by_key]


def _snapshot(
    found: QuerySet[Any], query: Query, render: Callable[[Any], bytes]
) -> Iterator[tuple[int, int] | bytes]:
    """First the counts, then the list in pieces, all from one snapshot of the database."""
    with snapshot():
        with _guarded(query):
            total = found.count()
        end = total if query.limit is None else min(total, query.offset + query.limit)
        yield total, max(0, end - query.offset)
        rows = found[query.offset : end] if query.offset < end else found.none()
        with closing(cast(Any, rows.iterator(chunk_size=PAGE))) as cursor:
            yield b"["
            comma = b""
            while page := b",".join(map(render, islice(cursor, PAGE))):
                yield comma + page
                comma = b","
            yield b"]"


@contextmanager
def _guarded(query: Query) -> Iterator[None]:
    """Within a transaction: limits the time of a client's regular expression. Raises QueryError if it fails."""
    name = next((item.attribute for item in query.conditions if item.operator == "regex"), None)
    if name is None:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {REGEX_MILLISECONDS}")
    try:
        yield
    except (DataError, OperationalError):
        raise QueryError(name, "The expression is not valid, or takes too long.") from None


def _with_counts(
    response: HttpResponseBase, request: Request, query: Query, total: int, length: int
) -> HttpResponseBase:
    response.status_code = 200 if length == total else 206
    response["X-Total-Count"] = str(total)
    response["X-Result-Count"] = str(length)
    if query.limit is not None:
        response["Link"] = ", ".join(_links(request, query, total))
    return response


def _links(request: Request, query: Query, total: int) -> Iterator[str]:
    limit = query.limit or 1
    yield _link(request, query, "self", query.offset)
    yield _link(request, query, "first", 0)
    if query.offset > 0:
        yield _link(request, query, "prev", max(0, query.offset - limit))
    if query.offset + limit < total:
        yield _link(request, query, "next", query.offset + limit)
    yield _link(request, query, "last", max(0, (total - 1) // limit * limit))


def _link(request: Request, query: Query, relation: str, offset: int) -> str:
    kept = re.sub(r"(?:^|&)(?:offset|limit)=[^&]*", "", request.META.get("QUERY_STRING", "")).strip("&")
    cut = urlencode({"offset": offset, "limit": query.limit})
    url = request.build_absolute_uri(request.path)
    return f'<{url}?{kept + "&" if kept else ""}{cut}>; rel="{relation}"'
