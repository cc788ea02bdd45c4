"""Banks' statements at the desk: layouts, files, lines, matches and matching rules."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from billing import services
from billing.admin.base import BillingAction, BillingAdmin
from billing.models import LedgerEntry, MatchRule, Statement, StatementLayout, StatementLine, StatementMatch
from billing.statements.people import end_match, match_by_hand
from billing.statements.runs import compare_now
from billing.statements.suggestions import suggest
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.confirm import ConfirmForm, Facts, ReasonForm
from config.kit.admin.fields import CurrencyField
from config.kit.admin.filters import DayColumnRangeFilter
from config.kit.lib.money import format_money


@admin.register(StatementLayout)
class StatementLayoutAdmin(BillingAdmin):
    empty_text = gettext_lazy("A layout says which column of a bank's list is which. Add one for each bank.")
    service = services.statement_layouts
    list_display = ("name", "bank", "encoding", "date_format", "currency", "modified_date")
    list_select_related = ("bank__channel",)
    search_fields = ("name", "bank__name")
    autocomplete_fields = ("bank",)
    fieldsets = [
        (None, {"fields": ["bank", "name"]}),
        (
            gettext_lazy("How the bank writes"),
            {"fields": [("encoding", "date_format"), ("decimal_separator", "currency")]},
        ),
        (gettext_lazy("Columns and words"), {"fields": ["columns", "refund_words", "footer_word"]}),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            return db_field.formfield(form_class=CurrencyField)
        if db_field.name == "refund_words":  # a list, not an object
            return db_field.formfield(required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class Reconcile(BillingAction[Statement]):
    name = "reconcile"
    label = gettext_lazy("Match again")
    icon = "sync"
    permission = "billing.add_statement"
    form_class = ConfirmForm

    def explanation(self) -> str:
        return _("Lines that are matched stay matched. What has become known since is used.")

    def perform(self, data: dict[str, Any]) -> str:
        run = compare_now(self.instance.layout.bank)
        if run is None:
            return _("The lines are being matched. This can take some minutes.")
        return _("%(matched)s matches, %(opened)s new differences.") % {
            "matched": run.matched,
            "opened": run.opened,
        }


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    empty_text = gettext_lazy(
        "Say first how a bank writes its list (statement layouts), then upload the first one."
    )
    list_display = ("name", "layout", "first_day", "last_day", "size", "loaded_by", "loaded_at")
    list_select_related = ("layout__bank", "loaded_by")
    list_filter = (("layout", AutocompleteSelectFilter), ("first_day", DayColumnRangeFilter))
    search_fields = ("name",)
    confirmed_actions = (Reconcile,)
    actions_list = ["upload", "export_csv", "export_xlsx"]

    @action(description=gettext_lazy("Upload"), icon="upload", permissions=["upload"], url_path="upload-file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("billing_admin:statement_upload"))

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.add_statement")


class MatchForm(ReasonForm):
    entry = forms.ModelChoiceField(
        queryset=LedgerEntry.objects.none(), label=gettext_lazy("Booking"), widget=forms.RadioSelect
    )
    field_order = ["entry", "reason"]

    def __init__(self, *args: Any, line: StatementLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = suggest(line)
        field = cast(forms.ModelChoiceField, self.fields["entry"])
        field.queryset = LedgerEntry.objects.filter(pk__in=[entry.pk for entry in found])
        field.choices = [(entry.pk, _booking(entry)) for entry in found]
        if found:
            self.initial["entry"] = found[0].pk


def _booking(entry: LedgerEntry) -> str:
    amount = format_money(entry.amount, entry.currency)
    payment = entry.payment
    return f"{entry.get_kind_display()} {amount} · {payment.order_id} · {payment.masked_card}"


class MatchLine(BillingAction[StatementLine]):
    name = "match"
    label = gettext_lazy("Match")
    icon = "link"
    permission = "billing.add_statementmatch"
    form_class = MatchForm
    asks_factor = False

    @classmethod
    def is_possible(cls, instance: StatementLine, request: HttpRequest) -> bool:
        return instance.pos_id is not None and not instance.matches.filter(ended_at=None).exists()

    def form_arguments(self) -> dict[str, Any]:
        return {"line": self.instance}

    def facts(self) -> Facts:
        line = self.instance
        return [
            (_("Kind"), line.get_kind_display()),
            (_("Gross"), format_money(line.gross, line.currency)),
            (_("Day of the sale"), line.sold_on),
            (_("Order ID"), line.order_id),
            (_("Bank reference"), line.host_reference),
        ]

    def explanation(self) -> str:
        return _("Bookings that no line is matched with, the most likely first.")

    def perform(self, data: dict[str, Any]) -> str:
        match_by_hand(self.instance, data["entry"], reason=data["reason"], user_id=self.request.user.pk)
        compare_now(self.instance.bank)
        return _("The line was matched.")


@admin.register(StatementLine)
class StatementLineAdmin(ReadOnlyAdmin):
    list_display = (
        "sold_on", "pos", "kind", "order_id", "host_reference", "shown_gross", "shown_commission", "value_date",
        "terminal_number", "statement",
    )  # fmt: skip
    list_select_related = ("pos", "statement")
    list_filter = (
        ("pos", AutocompleteSelectFilter),
        ("sold_on", DayColumnRangeFilter),
        ("kind", ChoicesDropdownFilter),
    )
    list_disable_select_all = True
    confirmed_actions = (MatchLine,)
    search_fields = ("order_id",)
    sortable_by = ()
    ordering = ("-pk",)

    @display(description=gettext_lazy("Gross"))
    def shown_gross(self, line: StatementLine) -> str:
        return format_money(line.gross, line.currency)

    @display(description=gettext_lazy("Commission"))
    def shown_commission(self, line: StatementLine) -> str:
        return "–" if line.commission is None else format_money(line.commission, line.currency)


@admin.register(MatchRule)
class MatchRuleAdmin(BillingAdmin):
    service = services.match_rules
    list_display = ("priority", "shown_name", "basis", "tolerance", "days", "is_active")
    fieldsets = [(None, {"fields": ["name", "priority", "basis", ("tolerance", "days"), "is_active"]})]
    ordering = ("priority",)

    @display(description=gettext_lazy("Name"))
    def shown_name(self, rule: MatchRule) -> str:
        return str(rule)

    def has_delete_permission(self, request: HttpRequest, obj: MatchRule | None = None) -> bool:
        return False


class EndMatch(BillingAction[StatementMatch]):
    name = "end"
    label = gettext_lazy("End match")
    icon = "link_off"
    permission = "billing.change_statementmatch"
    form_class = ReasonForm
    asks_factor = False

    @classmethod
    def is_possible(cls, instance: StatementMatch, request: HttpRequest) -> bool:
        return instance.ended_at is None

    def explanation(self) -> str:
        return _("No rule matches this line and this booking again.")

    def perform(self, data: dict[str, Any]) -> str:
        end_match(self.instance, reason=data["reason"], user_id=self.request.user.pk)
        compare_now(self.instance.line.bank)
        return _("The match has ended.")


@admin.register(StatementMatch)
class StatementMatchAdmin(ReadOnlyAdmin):
    list_display = ("line", "entry", "payment", "rule", "matched_by", "matched_at", "ended_at")
    list_select_related = ("line", "entry__payment", "rule", "matched_by")
    list_filter = ("rule",)
    list_disable_select_all = True
    confirmed_actions = (EndMatch,)
    sortable_by = ()
    ordering = ("-pk",)

    @display(description=gettext_lazy("Payment"))
    def payment(self, match: StatementMatch) -> str:
        return str(match.entry.payment)
