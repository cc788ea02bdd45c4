"""Refunds and voids: who requested and approved them, and their outcome."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from billing.admin.approvers import approvers_text
from billing.admin.base import PAYMENT_SEARCH_HELP, object_link, of_payment
from billing.admin.colours import REFUND_COLOURS
from billing.admin.refund_actions import ApproveRefund, RejectRefund, SettleRefund
from billing.models import Refund
from billing.states import RefundState
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.channel_admin import DATES
from config.kit.admin.filters import DayRangeFilter
from config.kit.admin.search import TermSearchMixin
from config.kit.lib.money import format_money


@admin.register(Refund)
class RefundAdmin(TermSearchMixin, ReadOnlyAdmin):
    empty_text = gettext_lazy(
        "To refund, open a payment and choose Refund. Refunds that wait for a second person are "
        "listed here, too."
    )
    list_display = (
        "pk",
        "created_date",
        "shown_state",
        "kind",
        "shown_amount",
        "shown_payment",
        "requested_by",
        "decided_by",
        "reason",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("payment", "requested_by", "decided_by")
    search_help_text = PAYMENT_SEARCH_HELP
    sortable_by = ()
    ordering = ("-pk",)
    confirmed_actions = (ApproveRefund, RejectRefund, SettleRefund)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("shown_state", "kind", "shown_amount"),
                    ("shown_payment", "requested_by", "decided_by"),
                    ("host_reference", "send_after"),
                    "reason",
                    "decision_note",
                ]
            },
        ),
        (gettext_lazy("Dates"), {"fields": [DATES]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Refund | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.state != RefundState.WAITING:
            return fieldsets
        (title, options), *more = fieldsets
        text = approvers_text(request, "billing.approve_refund", obj.requested_by_id)
        return [(title, {**options, "description": text}), *more]

    def matches(self, term: str) -> Q:
        return of_payment(term)

    @display(description=gettext_lazy("State"))
    def shown_state(self, refund: Refund) -> SafeString:
        return badge(refund.get_state_display(), REFUND_COLOURS[refund.state])

    @display(description=gettext_lazy("Amount"))
    def shown_amount(self, refund: Refund) -> str:
        return format_money(refund.amount, refund.payment.currency)

    @display(description=gettext_lazy("Payment"))
    def shown_payment(self, refund: Refund) -> SafeString:
        return object_link(refund.payment)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payment__pos", "payment__channel")
