"""Bills: a table of a million rows. No count of it, no drop-down of it; with the payments of each bill."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.datasets import BaseDataset
from unfold.decorators import action, display

from billing import services
from billing.admin import bill_actions
from billing.admin.base import BillingAdmin, NumberSearch, bill_is, with_currency
from billing.admin.colours import BILL_COLOURS
from billing.admin.payments import link_to, state_label
from billing.models import Account, Bill, BillStatus, PaymentBill
from config.kit.admin.badge import label
from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.filters import DayColumnRangeFilter
from config.kit.admin.form import ServiceForm
from config.kit.admin.related_rows import RowsOfParent
from config.kit.lib.money import round_to_minor


class ShowsBill:
    """Columns of bills."""

    @display(description=_("Amount"))
    def shown_amount(self, bill: Bill) -> str:
        return with_currency(bill.amount, bill.currency)

    @display(description=_("Paid amount"))
    def shown_paid(self, bill: Bill) -> str:
        return with_currency(bill.paid_amount, bill.currency)

    @display(description=_("Open amount"))
    def shown_open(self, bill: Bill) -> str:
        return with_currency(bill.open_amount, bill.currency)

    @display(description=_("Status"))
    def shown_status(self, bill: Bill) -> SafeString:
        return label(BillStatus(bill.status).label, BILL_COLOURS[bill.status])


class StatusFilter(DropdownFilter):
    title = _("Status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(BillStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(status=value) if value in BillStatus.values else queryset


class PaymentRows(RowsOfParent):
    """The payments that are, or were, for the bill."""

    parent = "bill_id"
    list_display = ("shown_payment", "shown_state", "shown_amount", "shown_card", "shown_date")
    list_display_links = None
    sortable_by = ()
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payment")

    @display(description=_("Payment"))
    def shown_payment(self, row: PaymentBill) -> SafeString:
        return link_to(row.payment)

    @display(description=_("State"))
    def shown_state(self, row: PaymentBill) -> SafeString:
        return state_label(row.payment)

    @display(description=_("Amount"))
    def shown_amount(self, row: PaymentBill) -> str:
        return with_currency(row.amount, row.payment.currency)

    @display(description=_("Card number"))
    def shown_card(self, row: PaymentBill) -> str:
        return row.payment.masked_card

    @display(description=_("Created date"))
    def shown_date(self, row: PaymentBill) -> Any:
        return row.payment.created_date


class PaymentsOfBill(BaseDataset):
    model = PaymentBill
    model_admin = PaymentRows
    tab = True


class BillForm(ServiceForm):
    """The currency is not asked for: it is the account's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["amount"] = round_to_minor(self.instance.amount, self.instance.currency)

    def prepare(self) -> None:
        if not self.instance.pk:
            self.instance.currency = self.instance.subscription.account.currency


@admin.register(Bill)
class BillAdmin(ShowsBill, NumberSearch, BillingAdmin):
    service = services.bills
    form = BillForm
    list_display = (
        "number",
        "subscription",
        "account",
        "shown_amount",
        "shown_open",
        "shown_status",
        "issued_on",
        "due_on",
    )
    list_filter = (
        StatusFilter,
        ("due_on", DayColumnRangeFilter),
        ("subscription", AutocompleteSelectFilter),
        ("subscription__account", AutocompleteSelectFilter),
        MODIFIED_FILTER,
    )
    list_select_related = ("subscription__account",)
    list_disable_select_all = True
    search_help_text = _("Bill, subscription or account number")
    sortable_by = ("number", "due_on")
    ordering = ("-pk",)
    autocomplete_fields = ("subscription",)
    actions_detail = ["close", "reopen"]

    def main_fieldsets(self, request: HttpRequest, obj: Bill | None) -> Any:
        owed = ["subscription", "number", "amount", "issued_on", "due_on", "description"]
        if obj is None:
            return [(None, {"fields": owed})]
        paid = ["currency", "shown_status", "shown_paid", "shown_open", "paid_at", "closed_reason"]
        return [(None, {"fields": owed}), (_("Paid"), {"fields": paid})]

    def get_readonly_fields(self, request: HttpRequest, obj: Bill | None = None) -> list[str]:
        """What a payment was made for stays as it was."""
        fields = [*super().get_readonly_fields(request, obj), "currency", "paid_at", "closed_reason"]
        fields += ["shown_status", "shown_paid", "shown_open"]
        return [*fields, "amount", "subscription"] if obj and obj.payment_bills.exists() else fields

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        bill = self.get_object(request, str(object_id))
        possible = {"close": bill and bill.status == BillStatus.OPEN, "reopen": bill and bill.closed_as}
        return [item for item in super().get_actions_detail(request, object_id) if possible[item.path]]

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_change_permission(request)

    @action(description=_("Close by hand"), icon="block", url_path="close", permissions=["close"])
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return bill_actions.close_view(self, request, object_id)

    @action(description=_("Open again"), icon="undo", url_path="reopen", permissions=["close"])
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return bill_actions.reopen_view(self, request, object_id)

    def found_by(self, term: str) -> Q:
        return bill_is(term)

    @display(description=_("Account"))
    def account(self, bill: Bill) -> Account:
        return bill.subscription.account

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return [PaymentsOfBill] if on_page and request.user.has_perm("billing.view_payment") else []
