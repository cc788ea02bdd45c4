"""Lists as files: CSV, XLS and XML are whole, streamed from the database, unless a page is asked for."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from rest_framework import mixins, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from config.kit.api.renderers import FileRenderer
from config.kit.lib.database import snapshot

PAGE_PARAMETERS = {"page", "limit"}
AT_ONCE = 1_000
"""Rows that are read from the cursor at a time."""

_NESTED = (
    serializers.BaseSerializer,
    serializers.DictField,
    serializers.JSONField,
    serializers.ListField,
    serializers.ManyRelatedField,
)


class TooManyRowsError(APIException):
    status_code = status.HTTP_406_NOT_ACCEPTABLE
    default_code = "too_many_rows"

    def __init__(self, most: int) -> None:
        super().__init__(f"A sheet has at most {most:,} rows. Ask for CSV (format=csv), or for fewer rows.")


class ListModelMixin(mixins.ListModelMixin):
    """DRF's, with files. Memory stays bounded: the rows come from a server-side cursor, in one snapshot."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        renderer = request.accepted_renderer
        if not isinstance(renderer, FileRenderer):
            return super().list(request, *args, **kwargs)
        name = f"{request.path.rstrip('/').rpartition('/')[2]}.{renderer.file_suffix}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if request.method == "HEAD" or PAGE_PARAMETERS & set(request.query_params):
            page = super().list(request, *args, **kwargs)
            return Response(page.data, headers=headers)
        view = cast(Any, self)
        rows = WholeList(view, view.filter_queryset(view.get_queryset()))
        if renderer.max_rows is not None and rows.is_longer_than(renderer.max_rows):
            raise TooManyRowsError(renderer.max_rows)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        return StreamingHttpResponse(
            _in_snapshot(renderer, rows), content_type=f"{renderer.media_type}{charset}", headers=headers
        )


class WholeList:
    """All rows of a list, as often as they are asked for."""

    def __init__(self, view: Any, queryset: QuerySet[Any]) -> None:
        self._queryset = queryset
        self._serializer: serializers.Serializer = view.get_serializer()

    @property
    def fields(self) -> list[str]:
        return list(self._serializer.fields)

    @property
    def is_flat(self) -> bool:
        """Whether the columns of a table are the fields: otherwise only the rows tell them."""
        return not any(isinstance(field, _NESTED) for field in self._serializer.fields.values())

    def count(self) -> int:
        return self._queryset.count()

    def is_longer_than(self, most: int) -> bool:
        return len(self._queryset.order_by().values_list("pk")[most : most + 1]) > 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with closing(cast(Any, self._queryset.iterator(chunk_size=AT_ONCE))) as cursor:
            yield from map(self._serializer.to_representation, cursor)


def _in_snapshot(renderer: FileRenderer, rows: WholeList) -> Iterator[bytes]:
    with snapshot():
        yield from renderer.stream(rows)
