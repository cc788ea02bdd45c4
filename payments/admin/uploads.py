"""Uploading a file: a dry run first, the import after confirmation, and the outcome of each row."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from config.kit.importing.report import Report, RowResult
from config.kit.lib.errors import RuleError
from payments.admin.messages import rule_errors
from payments.admin.upload_forms import KINDS, FileForm, Kind
from payments.importing import uploads as upload_store
from payments.importing.uploads import StoredUpload
from payments.models import BinNumber

SHOWN_ROWS = 20
STATUS_TEXTS = {
    "created": (gettext_lazy("would be created"), gettext_lazy("created")),
    "exists": (gettext_lazy("already exist"), gettext_lazy("already existed")),
    "duplicate in file": (gettext_lazy("repeated in the file"), gettext_lazy("repeated in the file")),
    "invalid": (gettext_lazy("would be rejected"), gettext_lazy("rejected")),
}


CREATED_TEXTS = {
    "banks": gettext_lazy("Banks"),
    "card types": gettext_lazy("Card types"),
    "cards": gettext_lazy("Cards"),
}


@dataclass(frozen=True)
class Told:
    """A row with its reason or note in the operator's language."""

    line: int
    key: str
    reason: str

    @classmethod
    def of(cls, row: RowResult) -> "Told":
        reason = row.refusal or row.note
        return cls(row.line, row.key, _(reason.text) % reason.parameters if reason else "")


@dataclass(frozen=True)
class Outcome:
    """A report as the page shows it."""

    total: int
    counts: list[tuple[str, int, str]]
    made: list[tuple[str, int]]
    rejects: list[Told]
    noted: int
    notes: list[Told]

    @classmethod
    def of(cls, report: Report, *, dry_run: bool) -> "Outcome":
        counts = [
            (status, report.counts.get(status, 0), str(texts[0] if dry_run else texts[1]))
            for status, texts in STATUS_TEXTS.items()
        ]
        made = [
            (str(CREATED_TEXTS.get(name, name)), count)
            for name, count in report.created_objects.items()
            if count
        ]
        rejects = [Told.of(row) for row in islice(report.rejects(), SHOWN_ROWS)]
        notes = [Told.of(row) for row in islice(report.notes(), SHOWN_ROWS)]
        return cls(report.total, counts, made, rejects, report.noted, notes)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    found = KINDS.get(kind)
    if found is None:
        raise Http404
    if not request.user.has_perms(found.permissions):
        raise PermissionDenied
    if request.method == "POST" and "token" in request.POST:
        return _confirm(request, kind, found)
    return _ask(request, kind, found)


@require_GET
def rejects(request: HttpRequest, token: str) -> FileResponse:
    """The rejected rows of the user's own upload, as CSV."""
    stored = upload_store.find(int(request.user.pk or 0), token)
    if stored is None or not stored.rejects.exists():
        raise Http404
    return FileResponse(
        open(stored.rejects, "rb"),
        as_attachment=True,
        filename="rejects.csv",
        content_type="text/csv; charset=utf-8",
    )


def _ask(request: HttpRequest, name: str, kind: Kind) -> HttpResponse:
    if request.method != "POST":
        initial = {
            key: request.GET[key] for key in ("card", "channel") if request.GET.get(key, "").isdecimal()
        }
        return _form_page(request, kind, kind.form(initial=initial))
    form = kind.form(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, kind, form)
    targets = form.targets()
    file = form.cleaned_data["file"]
    details = {
        "kind": name,
        "name": file.name,
        "targets": {key: item.pk for key, item in targets.items() if item},
    }
    stored = upload_store.store(int(request.user.pk or 0), file, details)
    return _run(request, kind, form, stored, dry_run=True)


def _confirm(request: HttpRequest, name: str, kind: Kind) -> HttpResponse:
    stored = upload_store.find(int(request.user.pk or 0), request.POST["token"])
    if stored is None or stored.details["kind"] != name:
        return _form_page(request, kind, kind.form(), problem=_gone())
    form = kind.form(stored.details["targets"])
    form.fields["file"].required = False
    if not form.is_valid():
        return _form_page(request, kind, form)
    try:
        return _run(request, kind, form, stored, dry_run=False)
    except FileNotFoundError:
        return _form_page(request, kind, kind.form(), problem=_gone())
    except BlockingIOError:
        running = _("This file is being imported already. The list shows its rows when it is done.")
        return _form_page(request, kind, kind.form(), problem=running)


def _gone() -> str:
    return _("The uploaded file has expired. Upload it again.")


def _run(
    request: HttpRequest, kind: Kind, form: FileForm, stored: StoredUpload, *, dry_run: bool
) -> HttpResponse:
    try:
        opened = stored.check() if dry_run else stored.claim()
        with opened as file, kind.run(file, form.targets(), dry_run=dry_run) as report:
            outcome = Outcome.of(report, dry_run=dry_run)
            with open(stored.rejects, "w", encoding="utf-8-sig", newline="") as target:
                report.write_rejects(target)
    except RuleError as error:
        for field, text in rule_errors(error, BinNumber):
            form.add_error(field if field in form.fields else None, text)
        return _form_page(request, kind, form)
    return _outcome_page(request, kind, form, stored, outcome, dry_run=dry_run)


def _form_page(request: HttpRequest, kind: Kind, form: FileForm, *, problem: str = "") -> HttpResponse:
    context = {
        "explanation": kind.explanation,
        "form": form,
        "submit_text": _("Check the file"),
        "problem": problem,
    }
    return _page(request, kind, "admin/payments/upload_form.html", context | {"media": form.media})


def _outcome_page(
    request: HttpRequest, kind: Kind, form: FileForm, stored: StoredUpload, outcome: Outcome, *, dry_run: bool
) -> HttpResponse:
    context = {
        "outcome": outcome,
        "dry_run": dry_run,
        "file_name": stored.details["name"],
        "targets": [(form.fields[name].label, item) for name, item in form.targets().items() if item],
        "token": stored.token,
        "rejects_url": reverse("payments_admin:rejects", args=[stored.token]),
    }
    return _page(request, kind, "admin/payments/upload_outcome.html", context)


def _page(request: HttpRequest, kind: Kind, template: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(
        request,
        template,
        {**admin.site.each_context(request), "title": kind.title, "back": reverse(kind.list_url), **context},
    )
