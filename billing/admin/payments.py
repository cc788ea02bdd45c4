"""Payments: search, a page with the whole timeline, and the actions that are possible now."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from billing.admin.allocation_actions import AllocatePayment, DeallocatePayment
from billing.admin.ask_banks import AskBanksMixin
from billing.admin.base import PAYMENT_SEARCH_HELP, by_payment
from billing.admin.colours import BILL_COLOURS, REFUND_COLOURS, STATE_COLOURS
from billing.admin.payment_actions import QueryStatus, RefundPayment, SettlePayment, VoidPayment
from billing.admin.payment_filters import (
    InstallmentsFilter,
    PeriodFilter,
    ReasonFilter,
    SourceFilter,
    StateFilter,
)
from billing.admin.payment_totals import PaymentTotalsMixin
from billing.admin.saved_views import SavedViewsMixin
from billing.admin.timeline import lines_of, reason_text
from billing.models import BillStatus, Payment, PaymentClientReferences
from billing.poid import payment_poid
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.channel_admin import CHANNEL_FILTER
from config.kit.admin.filters import AmountRangeFilter, DayRangeFilter
from config.kit.admin.search import TermSearchMixin
from config.kit.lib.money import format_money
from payments.route_reasons import in_language

SUMS = ("captured", "refunded", "reserved", "allocated", "refundable", "fee")


def state_badge(payment: Payment) -> SafeString:
    return badge(payment.get_state_display(), STATE_COLOURS[payment.state])


class PaymentColumns:
    """Columns of payments."""

    @display(description=_("State"))
    def shown_state(self, payment: Payment) -> SafeString:
        return state_badge(payment)

    @display(description=_("Amount"))
    def shown_amount(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)

    @display(description=_("Bank reference"))
    def bank_reference(self, payment: Payment) -> str:
        return payment.host_reference or payment.transaction_id


@admin.register(Payment)
class PaymentAdmin(
    AskBanksMixin, PaymentColumns, PaymentTotalsMixin, SavedViewsMixin, TermSearchMixin, ReadOnlyAdmin
):
    empty_text = _(
        "Payments appear here as soon as a customer pays. The dashboard lists what is missing until then."
    )
    list_per_page = 40  # in a page of 100 KB
    list_display = (
        "shown_amount",
        "shown_state",
        "created_date",
        "masked_card",
        "account",
        "pos",
        "bank_reference",
        "order_id",
    )
    list_display_links = ("shown_amount", "order_id")
    list_filter = (
        StateFilter,
        PeriodFilter,
        ("created_date", DayRangeFilter),
        ("amount", AmountRangeFilter),
        ReasonFilter,
        InstallmentsFilter,
        SourceFilter,
        CHANNEL_FILTER,
        ("pos", RelatedDropdownFilter),
        ("card", AutocompleteSelectFilter),
        ("card__bank", AutocompleteSelectFilter),
        ("is_three_d", BooleanRadioFilter),
        ("account", AutocompleteSelectFilter),
    )
    list_select_related = ("pos", "account")
    search_help_text = PAYMENT_SEARCH_HELP
    sortable_by = ("created_date",)
    ordering = ("-created_date", "-pk")
    confirmed_actions = (
        RefundPayment,
        VoidPayment,
        AllocatePayment,
        DeallocatePayment,
        QueryStatus,
        SettlePayment,
    )
    change_form_before_template = "admin/billing/payment.html"

    def get_fieldsets(self, request: HttpRequest, obj: Payment | None = None) -> Any:
        """No form: the template shows the payment."""
        return []

    def matches(self, term: str) -> Q:
        return by_payment(term)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super().get_queryset(request).select_related("channel", "pos", "account", "subscription", "card")
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        payment = self.get_object(request, object_id)
        context = _page_context(payment) if payment and self.has_view_permission(request, payment) else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})


def _page_context(payment: Payment) -> dict[str, Any]:
    """Amounts are texts with their currency."""
    bills = payment.payment_bills.select_related("bill").order_by("pk")
    refunds = payment.refunds.select_related("requested_by", "decided_by").order_by("pk")
    return {
        "payment": payment,
        "tmf676_id": payment_poid(payment.pk),
        "references": _references(payment),
        "state": state_badge(payment),
        "reason": reason_text(payment.reason),
        "route_reason": in_language(payment.route_reason),
        "sums": {name: _shown(getattr(payment, f"{name}_amount"), payment) for name in SUMS},
        "amount": _shown(payment.amount, payment),
        "bills": [
            (
                row,
                _shown(row.amount, payment),
                badge(BillStatus(row.bill.status).label, BILL_COLOURS[row.bill.status]),
            )
            for row in bills
        ],
        "refunds": [
            (row, _shown(row.amount, payment), badge(row.get_state_display(), REFUND_COLOURS[row.state]))
            for row in refunds
        ],
        "cases": payment.cases.filter(closed_at=None),
        "timeline": lines_of(payment),
    }


def _references(payment: Payment) -> dict[str, Any]:
    """The client's references; empty if it sent none."""
    references = PaymentClientReferences.objects.filter(payment=payment).first()
    if references is None:
        return {}
    sent = {
        _("Client"): references.client,
        _("Correlator id"): references.correlator_id,
        _("Name"): references.name,
        _("Description"): references.description,
        _("Client's channel"): (references.channel or {}).get("id"),
        _("Related party"): (references.party or {}).get("id"),
    }
    shown = [(name, value) for name, value in sent.items() if value]
    return {"method_reference": references.method_reference, "shown": shown}


def _shown(amount: Decimal, payment: Payment) -> str:
    return format_money(amount, payment.currency)
