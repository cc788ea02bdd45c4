"""Statements of the seller's bank accounts (MT940, CAMT.053), and their upload."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from billing.models import AccountFile, AccountMovement
from billing.statements.account_loading import load_account_file
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.filters import DayColumnRangeFilter
from config.kit.admin.money_column import money_column
from config.kit.admin.urls import admin_url
from config.kit.identity.access import reach_of
from config.kit.lib.errors import RuleError
from payments.models import BankAccount

PERMISSIONS = ("billing.add_accountfile",)


class AccountFileForm(forms.Form):
    use_required_attribute = False
    account = forms.ModelChoiceField(
        queryset=BankAccount.objects.order_by("holder_name", "pk"),
        label=gettext_lazy("Bank account"),
        widget=UnfoldAdminSelectWidget(),
    )
    file = forms.FileField(label=gettext_lazy("File"), widget=UnfoldAdminFileFieldWidget())

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.queryset = reach_of(request.user).limit(account.queryset)


@require_http_methods(["GET", "HEAD", "POST"])
def upload_account_file(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    form = AccountFileForm(request.POST or None, request.FILES or None, request=request)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            loaded, created = load_account_file(
                form.cleaned_data["account"], data=file.read(), name=file.name, user_id=request.user.pk
            )
        except RuleError as error:
            form.add_error("file", error.message)
        else:
            messages.success(request, _("%(count)s new movements.") % {"count": created})
            return HttpResponseRedirect(admin_url(loaded))
    context = {
        **admin.site.each_context(request),
        "title": _("Upload an account statement"),
        "explanation": _("An MT940 or CAMT.053 file of one account. All of it is loaded, or nothing."),
        "form": form,
        "submit_text": _("Load"),
        "back": reverse("admin:billing_accountfile_changelist"),
    }
    return TemplateResponse(request, "admin/simple_form.html", context)


@admin.register(AccountFile)
class AccountFileAdmin(ReadOnlyAdmin):
    export_exclude = ("original",)
    list_display = (
        "name",
        "account",
        money_column("opening", gettext_lazy("Opening balance")),
        money_column("closing", gettext_lazy("Closing balance")),
        "loaded_by",
        "loaded_at",
    )
    list_select_related = ("account", "loaded_by")
    fields = ("account", "name", "sha256", ("opening", "closing", "currency"), ("loaded_by", "loaded_at"))
    actions_list = ["upload", "export_csv", "export_xlsx"]

    @action(description=gettext_lazy("Upload"), icon="upload", permissions=["upload"], url_path="upload-file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("billing_admin:account_file_upload"))

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(PERMISSIONS)


AMOUNT = money_column("amount", gettext_lazy("Amount"))


@admin.register(AccountMovement)
class AccountMovementAdmin(ReadOnlyAdmin):
    list_display = ("value_date", "account", AMOUNT, "reference", "text")
    list_select_related = ("account",)
    list_filter = (("account", AutocompleteSelectFilter), ("value_date", DayColumnRangeFilter))
    list_disable_select_all = True
    sortable_by = ()
    ordering = ("-pk",)
