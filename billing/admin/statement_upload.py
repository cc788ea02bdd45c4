"""Uploading a bank's statement: a dry run with a preview first, then loading, matching and the list of differences."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from billing.models import StatementLayout
from billing.statements.loading import Loaded, load_statement
from billing.statements.preview import preview
from billing.statements.runs import Run, compare_now
from config.kit.admin.urls import admin_url
from config.kit.identity.access import reach_of
from config.kit.lib.errors import RuleError
from payments.importing import uploads as upload_store
from payments.importing.uploads import StoredUpload

PERMISSIONS = ("billing.add_statement",)


class StatementForm(forms.Form):
    use_required_attribute = False
    layout = forms.ModelChoiceField(
        queryset=StatementLayout.objects.none(),
        label=gettext_lazy("Layout"),
        widget=UnfoldAdminSelectWidget(),
    )
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=UnfoldAdminDateWidget())
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=UnfoldAdminDateWidget())
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # loading refuses it
        widget=UnfoldAdminFileFieldWidget({"accept": ".csv,.txt,.xlsx"}),
    )

    def __init__(self, layouts: QuerySet[StatementLayout], *data: Any) -> None:
        super().__init__(*data)
        cast(forms.ModelChoiceField, self.fields["layout"]).queryset = layouts

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first one."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    if request.method == "POST" and "token" in request.POST:
        return _load(request)
    form = StatementForm(_layouts(request), request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    return _check(request, form)


def _layouts(request: HttpRequest) -> QuerySet[StatementLayout]:
    layouts = StatementLayout.objects.select_related("bank").order_by("bank__name", "name")
    return reach_of(request.user).limit(layouts)


def _check(request: HttpRequest, form: StatementForm) -> HttpResponse:
    layout, file = form.cleaned_data["layout"], form.cleaned_data["file"]
    days = {name: form.cleaned_data[name] for name in ("first_day", "last_day")}
    try:
        rows = preview(layout, file)
        loaded = load_statement(
            layout, file=file, name=file.name, user_id=request.user.pk, dry_run=True, **days
        )
    except RuleError as error:
        form.add_error("file", error.message)
        return _page(request, form, rows=_try_preview(layout, file))
    details = {"kind": "statement", "name": file.name, "layout": layout.pk}
    details |= {name: day.isoformat() for name, day in days.items()}
    stored = upload_store.store(int(request.user.pk or 0), file, details)
    return _page(request, None, rows=rows, loaded=loaded, stored=stored)


def _try_preview(layout: StatementLayout, file: Any) -> list[dict[str, str]]:
    try:
        return preview(layout, file)
    except RuleError:
        return []


def _load(request: HttpRequest) -> HttpResponse:
    stored = upload_store.find(int(request.user.pk or 0), request.POST["token"])
    form = StatementForm(_layouts(request))
    if stored is None or stored.details["kind"] != "statement":
        return _gone(request, form)
    details = stored.details
    layout = _layouts(request).filter(pk=details["layout"]).first()
    if layout is None:
        messages.error(request, _("The layout has been removed meanwhile. Choose another one."))
        return _page(request, form)
    try:
        with stored.claim() as file:
            loaded = load_statement(
                layout,
                file=file,
                name=details["name"],
                first_day=date.fromisoformat(details["first_day"]),
                last_day=date.fromisoformat(details["last_day"]),
                user_id=request.user.pk,
            )
    except RuleError as error:
        messages.error(request, error.message)
        return _page(request, form)
    except FileNotFoundError:
        return _gone(request, form)
    except BlockingIOError:
        messages.error(request, _("This file is being loaded already. The list shows it when it is done."))
        return _page(request, form)
    messages.success(request, _told(loaded, compare_now(layout.bank)))
    return HttpResponseRedirect(
        admin_url(loaded.statement) if loaded.statement else reverse("admin:billing_statement_changelist")
    )


def _told(loaded: Loaded, run: Run | None) -> str:
    if run is None:
        text = _("%(lines)s lines loaded. They are being matched, which can take some minutes.")
        return text % {"lines": loaded.created}
    text = _("%(lines)s lines loaded, %(matched)s matches, %(opened)s new differences.")
    return text % {"lines": loaded.created, "matched": run.matched, "opened": run.opened}


def _gone(request: HttpRequest, form: StatementForm) -> HttpResponse:
    messages.error(request, _("The uploaded file has expired. Upload it again."))
    return _page(request, form)


def _page(
    request: HttpRequest,
    form: StatementForm | None,
    *,
    rows: list[dict[str, str]] | None = None,
    loaded: Loaded | None = None,
    stored: StoredUpload | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Upload a statement"),
        "explanation": _("A CSV or Excel (XLSX) file from the bank. All of it is loaded, or nothing."),
        "form": form,
        "submit_text": _("Check the file"),
        "back": reverse("admin:billing_statement_changelist"),
        "rows": rows,
        "loaded": loaded,
        "token": stored.token if stored else "",
    }
    template = "statement_check.html" if stored else "statement_upload.html"
    return TemplateResponse(request, f"admin/billing/{template}", context)
