"""Payments: found in seconds, one page with the whole story, and the buttons that are possible now."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from billing.admin import payment_actions
from billing.admin.base import NumberSearch, payment_is, with_currency
from billing.admin.colours import BILL_COLOURS, REFUND_COLOURS, STATE_COLOURS
from billing.admin.timeline import lines_of, reason_text
from billing.models import BillStatus, Payment, PaymentDetails
from billing.poid import payment_poid
from billing.services import reconcile, refund, settle
from billing.states import OPEN_STATES, PaymentState
from config.kit.admin.badge import label
from config.kit.admin.base_admin import RecordAdmin
from config.kit.admin.channel_admin import CHANNEL_FILTER, address_of
from config.kit.admin.filters import DayRangeFilter

SUMS = ("captured", "refunded", "reserved", "allocated", "refundable", "fee")
OPEN = "open"
"""The filter's word for all states whose outcome is not known."""


def state_label(payment: Payment) -> SafeString:
    return label(payment.get_state_display(), STATE_COLOURS[payment.state])


class ShowsPayment:
    """Columns of payments."""

    @display(description=_("State"))
    def shown_state(self, payment: Payment) -> SafeString:
        return state_label(payment)

    @display(description=_("Amount"))
    def shown_amount(self, payment: Payment) -> str:
        return with_currency(payment.amount, payment.currency)

    @display(description=_("Bank reference"))
    def bank_reference(self, payment: Payment) -> str:
        return payment.host_reference or payment.transaction_id


class StateFilter(DropdownFilter):
    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(OPEN, _("Not finished")), *PaymentState.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == OPEN:
            return queryset.filter(state__in=OPEN_STATES)
        return queryset.filter(state=value) if value in PaymentState.values else queryset


@admin.register(Payment)
class PaymentAdmin(ShowsPayment, NumberSearch, RecordAdmin):
    list_display = (
        "order_id",
        "created_date",
        "shown_state",
        "shown_amount",
        "masked_card",
        "pos",
        "bank_reference",
        "account",
    )
    list_filter = (
        StateFilter,
        ("created_date", DayRangeFilter),
        CHANNEL_FILTER,
        ("pos", RelatedDropdownFilter),
        ("is_three_d", BooleanRadioFilter),
        ("account", AutocompleteSelectFilter),
    )
    list_select_related = ("pos", "account")
    search_help_text = _(
        "Order id, bank reference, last four digits of the card, bill, subscription or account number"
    )
    sortable_by = ("created_date",)
    ordering = ("-created_date", "-pk")
    actions_detail = ["refund", "void", "ask", "settle"]
    change_form_before_template = "admin/billing/payment.html"

    def get_fieldsets(self, request: HttpRequest, obj: Payment | None = None) -> Any:
        """None: the template shows the payment."""
        return []

    def found_by(self, term: str) -> Q:
        return payment_is(term)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super().get_queryset(request).select_related("channel", "pos", "account", "subscription", "card")
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        payment = self.get_object(request, object_id)
        story = _story(payment) if payment and self.has_view_permission(request, payment) else {}
        return super().change_view(request, object_id, form_url, {**story, **(extra_context or {})})

    # --- buttons ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        payment = self.get_object(request, str(object_id))
        shown = super().get_actions_detail(request, object_id) if payment else []
        return [item for item in shown if POSSIBLE[item.path](payment)]

    def has_refund_payment_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.refund_payment")

    def has_reconcile_payment_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.reconcile_payment")

    def has_settle_payment_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.settle_payment")

    @action(description=_("Refund"), icon="undo", url_path="refund", permissions=["refund_payment"])
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return payment_actions.refund_view(self, request, object_id)

    @action(description=_("Void"), icon="block", url_path="void", permissions=["refund_payment"])
    def void(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return payment_actions.void_view(self, request, object_id)

    @action(description=_("Ask the bank"), icon="help", url_path="ask", permissions=["reconcile_payment"])
    def ask(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return payment_actions.ask_view(self, request, object_id)

    @action(
        description=_("Settle by hand"),
        icon="gavel",
        url_path="settle",
        permissions=["settle_payment"],
    )
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return payment_actions.settle_view(self, request, object_id)


POSSIBLE = {
    "refund": refund.can_refund,
    "void": refund.can_void,
    "ask": reconcile.can_ask,
    "settle": settle.can_settle_payment,
}
"""Which button stands on the page of a payment now."""


def _story(payment: Payment) -> dict[str, Any]:
    """What the page shows; sums as texts with their currency."""
    bills = payment.payment_bills.select_related("bill").order_by("pk")
    refunds = payment.refunds.select_related("requested_by", "decided_by").order_by("pk")
    return {
        "payment": payment,
        "tmf676_id": payment_poid(payment.pk),
        "references": _references(payment),
        "state": state_label(payment),
        "reason": reason_text(payment.reason),
        "sums": {name: _shown(getattr(payment, f"{name}_amount"), payment) for name in SUMS},
        "amount": _shown(payment.amount, payment),
        "bills": [
            (
                row,
                _shown(row.amount, payment),
                label(BillStatus(row.bill.status).label, BILL_COLOURS[row.bill.status]),
            )
            for row in bills
        ],
        "refunds": [
            (row, _shown(row.amount, payment), label(row.get_state_display(), REFUND_COLOURS[row.state]))
            for row in refunds
        ],
        "cases": payment.cases.filter(closed_at=None),
        "timeline": lines_of(payment),
    }


def _references(payment: Payment) -> dict[str, Any]:
    """What the client that asked said of the payment; empty where it said nothing."""
    details = PaymentDetails.objects.filter(payment=payment).first()
    if details is None:
        return {}
    said = {
        _("Client"): details.client,
        _("Correlator id"): details.correlator_id,
        _("Name"): details.name,
        _("Description"): details.description,
        _("Client's channel"): (details.channel or {}).get("id"),
        _("Related party"): (details.party or {}).get("id"),
    }
    shown = [(name, value) for name, value in said.items() if value]
    return {"method_reference": details.method_reference, "shown": shown}


def _shown(amount: Decimal, payment: Payment) -> str:
    return with_currency(amount, payment.currency)


def link_to(payment: Payment) -> SafeString:
    return format_html('<a class="text-link" href="{}">{}</a>', address_of(payment), payment)
