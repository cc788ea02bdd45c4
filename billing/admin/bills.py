"""Bills with their payments. The table may have millions of rows: it is never counted or listed as a whole."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from billing import services
from billing.admin.base import BillingAdmin, by_number, object_link, of_subscription
from billing.admin.bill_actions import CloseBill, ReopenBill
from billing.admin.colours import BILL_COLOURS
from billing.admin.payments import state_badge
from billing.models import Account, Bill, BillStatus, PaymentBill
from config.kit.admin.badge import badge
from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.decimal_field import show_in
from config.kit.admin.filters import ChoiceFilter, Choices, DayColumnRangeFilter
from config.kit.admin.form import ServiceForm
from config.kit.admin.related_rows import RelatedRows, RowsTab
from config.kit.admin.search import TermSearchMixin
from config.kit.lib.money import format_money, round_to_minor


class BillColumns:
    """Columns of bills."""

    @display(description=_("Amount"))
    def shown_amount(self, bill: Bill) -> str:
        return format_money(bill.amount, bill.currency)

    @display(description=_("Paid amount"))
    def shown_paid(self, bill: Bill) -> str:
        return format_money(bill.paid_amount, bill.currency)

    @display(description=_("Open amount"))
    def shown_open(self, bill: Bill) -> str:
        return format_money(bill.open_amount, bill.currency)

    @display(description=_("Status"))
    def shown_status(self, bill: Bill) -> SafeString:
        return badge(BillStatus(bill.status).label, BILL_COLOURS[bill.status])


class StatusFilter(ChoiceFilter):
    title = _("Status")
    parameter_name = "status"

    def conditions(self) -> Choices:
        return {str(value): (label, Q(status=value)) for value, label in BillStatus.choices}


class PaymentRows(RelatedRows):
    """Current and past payments of the bill."""

    parent = "bill_id"
    list_display = ("shown_payment", "shown_state", "shown_amount", "shown_card", "shown_date")
    list_display_links = None
    sortable_by = ()
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payment")

    @display(description=_("Payment"))
    def shown_payment(self, row: PaymentBill) -> SafeString:
        return object_link(row.payment)

    @display(description=_("State"))
    def shown_state(self, row: PaymentBill) -> SafeString:
        return state_badge(row.payment)

    @display(description=_("Amount"))
    def shown_amount(self, row: PaymentBill) -> str:
        return format_money(row.amount, row.payment.currency)

    @display(description=_("Card number"))
    def shown_card(self, row: PaymentBill) -> str:
        return row.payment.masked_card

    @display(description=_("Created date"))
    def shown_date(self, row: PaymentBill) -> Any:
        return row.payment.created_date


class PaymentsOfBill(RowsTab):
    model = PaymentBill
    model_admin = PaymentRows
    permission = "billing.view_payment"


class BillForm(ServiceForm):
    """The currency is the account's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["amount"] = round_to_minor(self.instance.amount, self.instance.currency)
            if "amount" in self.fields:  # it is read-only on a bill with a payment
                show_in(self.fields["amount"], self.instance.currency)

    def prepare(self) -> None:
        if not self.instance.pk:
            self.instance.currency = self.instance.subscription.account.currency


@admin.register(Bill)
class BillAdmin(BillColumns, TermSearchMixin, BillingAdmin):
    empty_text = _("Bills are what customers pay. Add one to a subscription, or import them from a file.")
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
    confirmed_actions = (CloseBill, ReopenBill)
    tabs = (PaymentsOfBill,)

    def main_fieldsets(self, request: HttpRequest, obj: Bill | None) -> Any:
        owed = ["subscription", "number", "amount", "issued_on", "due_on", "description"]
        if obj is None:
            return [(None, {"fields": owed})]
        paid = ["currency", "shown_status", "shown_paid", "shown_open", "paid_at", "closed_reason"]
        return [(None, {"fields": owed}), (_("Payment"), {"fields": paid})]

    def get_readonly_fields(self, request: HttpRequest, obj: Bill | None = None) -> list[str]:
        """A bill with a payment keeps its amount and subscription."""
        fields = [*super().get_readonly_fields(request, obj), "currency", "paid_at", "closed_reason"]
        fields += ["shown_status", "shown_paid", "shown_open"]
        return [*fields, "amount", "subscription"] if obj and obj.payment_bills.exists() else fields

    def matches(self, term: str) -> Q:
        return by_number(term) | of_subscription(term)

    @display(description=_("Account"))
    def account(self, bill: Bill) -> Account:
        return bill.subscription.account
