"""Uploading a file: a dry run first, the import after confirmation, and the outcome of each row."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from config.kit.admin.preview import OUTDATED
from config.kit.admin.reach import limit_choices
from config.kit.importing.reasons import Refusal
from config.kit.importing.rejected import rejected_rows
from config.kit.importing.report import Report, RowResult
from config.kit.lib.errors import PreviewOutdatedError, RuleError
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


def reason_text(reason: Refusal) -> str:
    """In the reader's language."""
    return _(reason.text) % reason.parameters


@dataclass(frozen=True)
class Told:
    """A row with its reason or note in the operator's language."""

    line: int
    key: str
    reason: str

    @classmethod
    def of(cls, row: RowResult) -> "Told":
        reason = row.refusal or row.note
        return cls(row.line, row.key, reason_text(reason) if reason else "")


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
    def of(cls, report: Report, kind: Kind, *, dry_run: bool) -> "Outcome":
        counts = [
            (status, report.counts.get(status, 0), str(texts[0] if dry_run else texts[1]))
            for status, texts in {**STATUS_TEXTS, **kind.texts}.items()
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


def _form(request: HttpRequest, kind: Kind, *data: Any, **more: Any) -> FileForm:
    form = kind.form(*data, **more)
    limit_choices(form, request.user)
    return form


def _ask(request: HttpRequest, name: str, kind: Kind) -> HttpResponse:
    if request.method != "POST":
        known = {key: request.GET[key] for key in kind.form.base_fields if key in request.GET}
        return _form_page(request, kind, _form(request, kind, initial=_initial(known)))
    form = _form(request, kind, request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, kind, form)
    file = form.cleaned_data["file"]
    details = {
        "kind": name,
        "name": file.name,
        "targets": form.choices(),
    }
    stored = upload_store.store(int(request.user.pk or 0), file, details)
    return _run(request, kind, form, stored, dry_run=True)


def _confirm(request: HttpRequest, name: str, kind: Kind) -> HttpResponse:
    stored = upload_store.find(int(request.user.pk or 0), request.POST["token"])
    if stored is None or stored.details["kind"] != name:
        return _form_page(request, kind, _form(request, kind), problem=_gone())
    form = _form(request, kind, stored.details["targets"])
    form.fields["file"].required = False
    if not form.is_valid():
        return _form_page(request, kind, form)
    try:
        return _run(request, kind, form, stored, dry_run=False)
    except FileNotFoundError:
        return _form_page(request, kind, _form(request, kind), problem=_gone())
    except BlockingIOError:
        running = _("This file is being imported already. The list shows its rows when it is done.")
        return _form_page(request, kind, _form(request, kind), problem=running)


def _gone() -> str:
    return _("The uploaded file has expired. Upload it again.")


def _initial(known: dict[str, str]) -> dict[str, Any]:
    """Ids of objects, and boxes that were ticked."""
    return {key: text == "True" or text for key, text in known.items() if text.isdecimal() or text == "True"}


def _run(
    request: HttpRequest,
    kind: Kind,
    form: FileForm,
    stored: StoredUpload,
    *,
    dry_run: bool,
    problem: str = "",
) -> HttpResponse:
    try:
        opened = stored.check() if dry_run else stored.claim()
        seen = stored.details.get("seen")
        with opened as file, kind.run(file, form.targets(), dry_run=dry_run, seen=seen) as report:
            outcome = Outcome.of(report, kind, dry_run=dry_run)
            # The separator of a workbook is the one that the reader's Excel expects.
            separator = ";" if get_format("DECIMAL_SEPARATOR") == "," else ","
            stored.keep_rejects(rejected_rows(report, file, reason=reason_text, for_workbooks=separator))
            if dry_run and kind.seen:
                stored.keep(seen=kind.seen(report))
    except PreviewOutdatedError:
        return _run(request, kind, form, stored, dry_run=True, problem=str(OUTDATED))
    except RuleError as error:
        for field, text in rule_errors(error, BinNumber):
            form.add_error(field if field in form.fields else None, text)
        return _form_page(request, kind, form)
    context = {"outcome": outcome, "dry_run": dry_run, "problem": problem}
    return _outcome_page(request, kind, form, stored, context)


def _form_page(request: HttpRequest, kind: Kind, form: FileForm, *, problem: str = "") -> HttpResponse:
    context = {
        "explanation": kind.explanation,
        "form": form,
        "submit_text": _("Check the file"),
        "problem": problem,
    }
    return _page(request, kind, "admin/payments/upload_form.html", context)


def _outcome_page(
    request: HttpRequest, kind: Kind, form: FileForm, stored: StoredUpload, context: dict[str, Any]
) -> HttpResponse:
    context |= {
        "notes_title": kind.notes_title,
        "another": f"{request.path}?{urlencode(form.choices())}",
        "file_name": stored.details["name"],
        "targets": form.chosen(),
        "token": stored.token,
        "rejects_url": reverse("payments_admin:rejects", args=[stored.token]),
        "all_rejects_url": reverse("payments_admin:all_rejects", args=[stored.token]),
    }
    return _page(request, kind, "admin/payments/upload_outcome.html", context)


def _page(request: HttpRequest, kind: Kind, template: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(
        request,
        template,
        {**admin.site.each_context(request), "title": kind.title, "back": reverse(kind.list_url), **context},
    )
