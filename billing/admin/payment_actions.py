"""Actions on a payment: refund, void, ask the bank, settle."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.base import BillingAction, M
from billing.admin.facts import payment_facts
from billing.admin.forms import YES, AmountForm, SettlePaymentForm
from billing.attempts.cases import close_case
from billing.models import Payment, Refund, RefundKind
from billing.services import reconcile, refund, settle
from billing.states import RefundState
from config.kit.admin.confirm import Facts, ReasonForm
from config.kit.lib.money import format_money, round_to_minor


class PaymentAction(BillingAction[Payment]):
    def facts(self) -> Facts:
        return payment_facts(self.instance)


class RefundPayment(PaymentAction):
    name = "refund"
    label = gettext_lazy("Refund")
    icon = "undo"
    access_key = "R"
    permission = "billing.refund_payment"
    form_class = AmountForm

    @classmethod
    def is_possible(cls, instance: Payment, request: HttpRequest) -> bool:
        return refund.can_refund(instance)

    def title(self) -> str:
        return _("Refund payment %(payment)s") % {"payment": self.instance}

    def explanation(self) -> str:
        text = _("The amount is refunded to the card %(card)s. Bills that it paid are reopened.")
        text %= {"card": self.instance.masked_card}
        channel = self.instance.channel
        limit = channel.refund_limit
        approval = _("Refunds above %(limit)s must be approved by a different user.")
        return f"{text} {approval % {'limit': format_money(limit, channel.default_currency)}}"

    def form_arguments(self) -> dict[str, Any]:
        refundable = round_to_minor(self.instance.refundable_amount, self.instance.currency)
        return {"payment": self.instance, "up_to": refundable, "initial": {"amount": refundable}}

    def perform(self, data: dict[str, Any]) -> str:
        return refund_message(
            refund.refund_payment(
                self.instance, amount=data["amount"], reason=data["reason"], user_id=self.request.user.pk
            )
        )


class VoidPayment(PaymentAction):
    name = "void"
    label = gettext_lazy("Void")
    icon = "block"
    permission = "billing.refund_payment"
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, instance: Payment, request: HttpRequest) -> bool:
        return refund.can_void(instance)

    def title(self) -> str:
        return _("Void payment %(payment)s") % {"payment": self.instance}

    def explanation(self) -> str:
        text = _(
            "The whole payment of %(amount)s is canceled before the bank settles it. After settlement it can only be "
            "refunded. Its bills are reopened."
        )
        return text % {"amount": format_money(self.instance.amount, self.instance.currency)}

    def perform(self, data: dict[str, Any]) -> str:
        return refund_message(
            refund.refund_payment(
                self.instance,
                amount=None,
                reason=data["reason"],
                user_id=self.request.user.pk,
                kind=RefundKind.VOID,
            )
        )


class QueryStatus(PaymentAction):
    name = "ask"
    label = gettext_lazy("Ask the bank")
    icon = "help"
    permission = "billing.reconcile_payment"
    asks_factor = False
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, instance: Payment, request: HttpRequest) -> bool:
        return reconcile.can_query_status(instance)

    def title(self) -> str:
        return _("Ask the bank about payment %(payment)s") % {"payment": self.instance}

    def explanation(self) -> str:
        return _("Reads the payment's status at the bank and books it here. No money moves.")

    def perform(self, data: dict[str, Any]) -> str:
        asked = reconcile.query_status(self.instance, user_id=self.request.user.pk, note=data["reason"])
        return _("The bank answered. Status of the payment: %(state)s.") % {
            "state": asked.get_state_display()
        }


class SettleAction(BillingAction[M]):
    name = "settle"
    label = gettext_lazy("Settle manually")
    icon = "gavel"
    permission = "billing.settle_payment"

    def evidence(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "reason": data["reason"],
            "bank_reference": data["bank_reference"],
            "user_id": self.request.user.pk,
        }


class SettlePayment(SettleAction[Payment], PaymentAction):
    form_class = SettlePaymentForm

    @classmethod
    def is_possible(cls, instance: Payment, request: HttpRequest) -> bool:
        return settle.can_settle_payment(instance)

    def title(self) -> str:
        return _("Settle payment %(payment)s manually") % {"payment": self.instance}

    def explanation(self) -> str:
        return _(
            "Use this only if the bank confirmed the outcome by phone or in its portal. If you settle a captured "
            "payment as not captured, its bills can be charged again. The bank is asked once more first; if it "
            "answers, its answer is booked instead."
        )

    def perform(self, data: dict[str, Any]) -> str:
        settled = settle.settle_payment(self.instance, was_taken=data["answer"] == YES, **self.evidence(data))
        if settle.is_waiting(settled):
            return settlement_message()
        for case in settled.cases.filter(closed_at=None):
            close_case(case, resolution=data["reason"], user_id=self.request.user.pk)
        return _("Settled. Status of the payment: %(state)s.") % {"state": settled.get_state_display()}


def settlement_message() -> str:
    return _("The amount is above the limit. A different user must approve the settlement.")


def refund_message(made: Refund) -> str:
    return {
        RefundState.WAITING: _("Refund requested. A different user must approve it."),
        RefundState.SCHEDULED: _(
            "The bank takes refunds only after it has closed its day. The refund is sent then."
        ),
        RefundState.DONE: _("The payment was refunded."),
        RefundState.DECLINED: _(
            "The bank declined the refund. Nothing was refunded. See the timeline for details."
        ),
    }.get(
        RefundState(made.state), _("The bank has not confirmed the refund yet. We keep asking until it does.")
    )
