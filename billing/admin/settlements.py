"""Manual settlements above the limit: a second person approves or rejects them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from billing.admin.approvers import approvers_text
from billing.admin.base import BillingAction, object_link, of_payment
from billing.admin.colours import SETTLEMENT_COLOURS
from billing.admin.facts import payment_facts, refund_facts
from billing.models import Settlement, SettlementState
from billing.services import settle
from billing.services.approval import may_approve
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.confirm import Facts, ReasonForm
from config.kit.admin.search import TermSearchMixin
from config.kit.lib.money import format_money


class DecideSettlement(BillingAction[Settlement]):
    permission = "billing.settle_payment"
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, instance: Settlement, request: HttpRequest) -> bool:
        return instance.state == SettlementState.WAITING and may_approve(
            request.user.pk, requested_by_id=instance.requested_by_id
        )

    def title(self) -> str:
        amount = shown_amount(self.instance)
        return _("%(action)s the settlement of %(amount)s") % {"action": self.label, "amount": amount}

    def explanation(self) -> str:
        claim = (
            _("%(user)s says that the bank moved the money of %(payment)s: %(reason)s")
            if self.instance.money_moved
            else _("%(user)s says that the bank did not move the money of %(payment)s: %(reason)s")
        )
        return claim % {
            "user": self.instance.requested_by or "–",
            "payment": self.instance.payment,
            "reason": self.instance.reason,
        }

    def facts(self) -> Facts:
        if self.instance.refund is not None:
            return refund_facts(self.instance.refund)
        return payment_facts(self.instance.payment)


class ApproveSettlement(DecideSettlement):
    name = "approve"
    label = gettext_lazy("Approve")
    submit_text = gettext_lazy("Approve and book")
    icon = "check"

    def perform(self, data: dict[str, Any]) -> str:
        settle.approve_settlement(self.instance, user_id=self.request.user.pk, note=data["reason"])
        return _("The settlement was approved and booked.")


class RejectSettlement(DecideSettlement):
    name = "reject"
    label = gettext_lazy("Reject")
    icon = "close"

    def perform(self, data: dict[str, Any]) -> str:
        settle.reject_settlement(self.instance, user_id=self.request.user.pk, note=data["reason"])
        return _("The settlement was rejected. Nothing was booked.")


@admin.register(Settlement)
class SettlementAdmin(TermSearchMixin, ReadOnlyAdmin):
    empty_text = gettext_lazy("Payments whose outcome a person decides are listed here.")
    list_display = (
        "pk", "requested_at", "shown_state", "shown_amount", "shown_payment", "money_moved", "requested_by",
        "decided_by", "reason",
    )  # fmt: skip
    list_filter = (("state", ChoicesDropdownFilter),)
    list_select_related = ("payment", "refund", "requested_by", "decided_by")
    sortable_by = ()
    ordering = ("-pk",)
    confirmed_actions = (ApproveSettlement, RejectSettlement)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("shown_state", "shown_amount"),
                    ("shown_payment", "money_moved"),
                    ("requested_by", "requested_at"),
                    ("decided_by", "bank_reference"),
                    "reason",
                    "decision_note",
                ]
            },
        )
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Settlement | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.state != SettlementState.WAITING:
            return fieldsets
        (title, options), *more = fieldsets
        text = approvers_text(request, "billing.settle_payment", obj.requested_by_id)
        return [(title, {**options, "description": text}), *more]

    def matches(self, term: str) -> Q:
        return of_payment(term)

    @display(description=gettext_lazy("State"))
    def shown_state(self, settlement: Settlement) -> SafeString:
        return badge(settlement.get_state_display(), SETTLEMENT_COLOURS[settlement.state])

    @display(description=gettext_lazy("Amount"))
    def shown_amount(self, settlement: Settlement) -> str:
        return shown_amount(settlement)

    @display(description=gettext_lazy("Payment"))
    def shown_payment(self, settlement: Settlement) -> SafeString:
        return object_link(settlement.payment)


def shown_amount(settlement: Settlement) -> str:
    amount = settlement.refund.amount if settlement.refund else settlement.payment.amount
    return format_money(amount, settlement.payment.currency)
