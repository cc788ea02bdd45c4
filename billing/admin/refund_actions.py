"""Actions on a refund: approve, reject, settle."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.base import BillingAction
from billing.admin.facts import refund_facts
from billing.admin.forms import YES, SettleRefundForm
from billing.admin.payment_actions import SettleAction, refund_message, settlement_message
from billing.models import Refund
from billing.services import refund, settle
from billing.services.approval import may_approve
from billing.states import RefundState
from config.kit.admin.confirm import Facts, ReasonForm
from config.kit.lib.money import format_money


class RefundAction(BillingAction[Refund]):
    title_text: ClassVar[str | Promise]
    """With a place for %(amount)s."""

    def title(self) -> str:
        amount = format_money(self.instance.amount, self.instance.payment.currency)
        return str(self.title_text) % {"amount": amount}

    def facts(self) -> Facts:
        return refund_facts(self.instance)


class DecideRefund(RefundAction):
    """Above the channel's refund limit a different user than the requester decides."""

    permission = "billing.approve_refund"
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, instance: Refund, request: HttpRequest) -> bool:
        return instance.state == RefundState.WAITING and may_approve(
            request.user.pk, requested_by_id=instance.requested_by_id
        )


class ApproveRefund(DecideRefund):
    name = "approve"
    label = gettext_lazy("Approve")
    submit_text = gettext_lazy("Approve and refund")
    icon = "check"
    title_text = gettext_lazy("Approve a refund of %(amount)s")

    def explanation(self) -> str:
        return _("The bank is asked for the refund now. Bills that the payment paid are owed again.")

    def perform(self, data: dict[str, Any]) -> str:
        return refund_message(
            refund.approve(self.instance, user_id=self.request.user.pk, note=data["reason"])
        )


class RejectRefund(DecideRefund):
    name = "reject"
    label = gettext_lazy("Reject")
    icon = "close"
    title_text = gettext_lazy("Reject a refund of %(amount)s")

    def explanation(self) -> str:
        return _("Nothing is refunded, and the amount can be refunded again.")

    def perform(self, data: dict[str, Any]) -> str:
        refund.reject(self.instance, user_id=self.request.user.pk, note=data["reason"])
        return _("The refund was rejected. Nothing was refunded.")


class SettleRefund(RefundAction, SettleAction[Refund]):
    form_class = SettleRefundForm
    title_text = gettext_lazy("Settle a refund of %(amount)s manually")

    @classmethod
    def is_possible(cls, instance: Refund, request: HttpRequest) -> bool:
        return settle.can_settle_refund(instance)

    def explanation(self) -> str:
        return _(
            "Use this only if the bank confirmed the outcome by phone or in its portal. The bank is asked once more "
            "first; if it answers, its answer is booked instead."
        )

    def perform(self, data: dict[str, Any]) -> str:
        settled = settle.settle_refund(self.instance, was_made=data["answer"] == YES, **self.evidence(data))
        if settle.is_waiting(settled.payment):
            return settlement_message()
        return _("Settled. Status of the refund: %(state)s.") % {"state": settled.get_state_display()}
