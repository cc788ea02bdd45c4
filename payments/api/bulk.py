"""CSV and XLSX files through the API: `bulk_create` of banks and of a card's BINs."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from config.kit.api.fields import PrimaryKeyField
from config.kit.importing.errors import FileMissingError
from config.kit.importing.report import Report
from payments.models import Channel


class BulkQuerySerializer(serializers.Serializer):
    """`?dry_run=true` writes nothing and answers what would happen."""

    dry_run = serializers.BooleanField(default=False)


class BankBulkQuerySerializer(BulkQuerySerializer):
    channel_id = PrimaryKeyField(queryset=Channel.objects.all())


class BulkFileSerializer(serializers.Serializer):
    filename = serializers.FileField(help_text="The CSV or XLSX file; the field may also be called `file`.")


def bulk_answer(request: Request, run: Callable[..., Report], **arguments: Any) -> StreamingHttpResponse:
    """Run the import and stream `{"<name or BIN>": "<status>"}`; a file may hold millions of rows."""
    file = request.FILES.get("filename") or request.FILES.get("file")
    if file is None:
        raise FileMissingError
    report = run(file=file, **arguments)
    return StreamingHttpResponse(_json_object(report), content_type="application/json")


def _json_object(report: Report) -> Iterator[str]:
    with report:
        separator = "{"
        for key, status in report.statuses():
            yield f"{separator}{json.dumps(key, ensure_ascii=False)}:{json.dumps(status, ensure_ascii=False)}"
            separator = ","
        yield "{}" if separator == "{" else "}"
