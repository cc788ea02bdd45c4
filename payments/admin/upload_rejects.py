"""The rejected rows of a user's own upload: as a file to be mended and sent again, and page by page."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from config.kit.importing.separators import SEPARATORS
from config.kit.lib.sealed_file import PART
from payments.importing import uploads as upload_store
from payments.importing.uploads import StoredUpload

PAGE_SIZE = 100


@require_GET
def rejects(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """CSV with the file's own headings and separator, and the reasons in the reader's language."""
    return StreamingHttpResponse(
        _parts(_stored(request, token)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rejects.csv"'},
    )


def _parts(stored: StoredUpload) -> Iterator[bytes]:
    with stored.open_rejects() as file:
        yield from iter(lambda: file.read(PART), b"")


@require_GET
def all_rejects(request: HttpRequest, token: str) -> HttpResponse:
    stored = _stored(request, token)
    text = request.GET.get("p", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
    with stored.open_rejects() as file:
        lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        first = lines.readline()
        separator = max(SEPARATORS, key=first.count)
        headings = next(csv.reader([first], delimiter=separator), [])
        rows = csv.reader(lines, delimiter=separator)
        start = (number - 1) * PAGE_SIZE
        found = list(islice(rows, start, start + PAGE_SIZE + 1))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Rejected rows"),
        "file_name": stored.details["name"],
        "headings": headings,
        "rows": found[:PAGE_SIZE],
        "number": number,
        "has_more": len(found) > PAGE_SIZE,
        "rejects_url": reverse("payments_admin:rejects", args=[token]),
    }
    return TemplateResponse(request, "admin/payments/upload_rejects.html", context)


def _stored(request: HttpRequest, token: str) -> StoredUpload:
    stored = upload_store.find(int(request.user.pk or 0), token)
    if stored is None or not stored.rejects.exists():
        raise Http404
    return stored
