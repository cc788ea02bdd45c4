"""CSV and XLSX files through the API: `bulk_create` of banks and of a card's BINs."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request

from config.kit.api.fields import PrimaryKeyField
from config.kit.importing.errors import FileMissingError
from config.kit.importing.report import Report
from payments.api.imports import accepted
from payments.importing import jobs
from payments.importing.banks import import_banks
from payments.importing.bin_numbers import import_bin_numbers
from payments.models import Card, Channel


class BulkQuerySerializer(serializers.Serializer):
    """`?dry_run=true` writes nothing and answers what would happen."""

    dry_run = serializers.BooleanField(default=False)


class BankBulkQuerySerializer(BulkQuerySerializer):
    channel_id = PrimaryKeyField(queryset=Channel.objects.all())


class BulkFileSerializer(serializers.Serializer):
    filename = serializers.FileField(help_text="The CSV or XLSX file; the field may also be called `file`.")


def import_into_channel(request: Request, channel: Channel, *, dry_run: bool) -> HttpResponseBase:
    return _answer(request, "banks", {"channel": channel.pk}, import_banks, channel=channel, dry_run=dry_run)


def import_into_card(request: Request, card: Card, *, dry_run: bool) -> HttpResponseBase:
    return _answer(request, "bin_numbers", {"card": card.pk}, import_bin_numbers, card=card, dry_run=dry_run)


def _answer(
    request: Request, kind: str, targets: dict[str, int], run: Callable[..., Report], **arguments: Any
) -> HttpResponseBase:
    """The status of each row, streamed: `{"<name or BIN>": "<status>"}`. With `Prefer: respond-async` (RFC 7240) 202
    and the address of a job that a worker runs.
    """
    file = request.FILES.get("filename") or request.FILES.get("file")
    if file is None:
        raise FileMissingError
    if wants_job(request):
        job = jobs.submit(
            kind,
            user_id=int(request.user.pk or 0),
            file=file,
            size=file.size,
            targets=targets,
            dry_run=arguments["dry_run"],
        )
        return accepted(request, job)
    report = run(file=file, **arguments)
    return StreamingHttpResponse(_pieces(report), content_type="application/json")


def wants_job(request: Request) -> bool:
    preferred = request.headers.get("Prefer", "").lower()
    return any(each.split(";")[0].strip() == "respond-async" for each in preferred.split(","))


def _pieces(report: Report) -> Iterator[bytes]:
    with report:
        yield from jobs.json_of(report)
