"""The buttons of a payment's page: give money back, ask the bank, settle what it does not tell."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from billing.admin.base import with_currency
from billing.attempts.cases import close_case
from billing.models import Payment, Refund, RefundKind
from billing.services import reconcile, settle
from billing.services.refund import refund_limit, refund_payment
from billing.states import RefundState
from config.kit.admin.confirm import ReasonForm, confirm
from config.kit.lib.money import fits_currency, round_to_minor


class RefundForm(ReasonForm):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        min_value=Decimal("0.0001"),
        max_digits=18,
        decimal_places=4,
        localize=True,
        widget=UnfoldAdminTextInputWidget({"inputmode": "decimal", "autocomplete": "off"}),
    )
    field_order = ("amount", "reason")

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment
        left = with_currency(payment.refundable_amount, payment.currency)
        self.fields["amount"].help_text = _("Up to %(left)s.") % {"left": left}

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not fits_currency(amount, self.payment.currency):
            raise ValidationError(
                _("%(currency)s has no such small parts.") % {"currency": self.payment.currency}
            )
        return amount


class SettleForm(ReasonForm):
    """What the person has learned, and from where."""

    YES, NO = "yes", "no"

    answer = forms.ChoiceField(
        label=gettext_lazy("What does the bank say?"), widget=UnfoldAdminRadioSelectWidget
    )
    bank_reference = forms.CharField(
        label=gettext_lazy("Bank reference"),
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
    )
    field_order = ("answer", "bank_reference", "reason")

    def __init__(self, *args: Any, answers: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [(self.YES, answers[0]), (self.NO, answers[1])]  # type: ignore[attr-defined]


def refund_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    payment = _payment(model_admin, request, object_id)

    def act(data: dict[str, Any]) -> str:
        made = refund_payment(payment, amount=data["amount"], reason=data["reason"], user_id=request.user.pk)
        return outcome_of(made)

    return confirm(
        model_admin,
        request,
        obj=payment,
        form_class=RefundForm,
        act=act,
        title=_("Refund of payment %(payment)s") % {"payment": payment},
        submit_text=_("Give the money back"),
        explanation=_refund_explanation(payment),
        initial={"amount": round_to_minor(payment.refundable_amount, payment.currency)},
        payment=payment,
    )


def void_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    payment = _payment(model_admin, request, object_id)

    def act(data: dict[str, Any]) -> str:
        made = refund_payment(
            payment, amount=None, reason=data["reason"], user_id=request.user.pk, kind=RefundKind.VOID
        )
        return outcome_of(made)

    return confirm(
        model_admin,
        request,
        obj=payment,
        form_class=ReasonForm,
        act=act,
        title=_("Void of payment %(payment)s") % {"payment": payment},
        submit_text=_("Void the payment"),
        explanation=_(
            "The whole payment of %(amount)s is taken back before the bank settles it; after that the bank allows a "
            "refund only. Its bills are open again."
        )
        % {"amount": with_currency(payment.amount, payment.currency)},
    )


def ask_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    payment = _payment(model_admin, request, object_id)

    def act(data: dict[str, Any]) -> str:
        asked = reconcile.ask(payment, user_id=request.user.pk, note=data["reason"])
        return _("The bank was asked. The payment is: %(state)s.") % {"state": asked.get_state_display()}

    return confirm(
        model_admin,
        request,
        obj=payment,
        form_class=ReasonForm,
        act=act,
        title=_("Ask the bank about payment %(payment)s") % {"payment": payment},
        submit_text=_("Ask the bank"),
        explanation=_("The bank's books are read, and what they say is booked. No money moves."),
    )


def settle_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    payment = _payment(model_admin, request, object_id)

    def act(data: dict[str, Any]) -> str:
        settled = settle.settle_payment(
            payment,
            was_taken=data["answer"] == SettleForm.YES,
            reason=data["reason"],
            bank_reference=data["bank_reference"],
            user_id=request.user.pk,
        )
        for case in settled.cases.filter(closed_at=None):
            close_case(case, resolution=data["reason"], user_id=request.user.pk)
        return _("Settled. The payment is: %(state)s.") % {"state": settled.get_state_display()}

    return confirm(
        model_admin,
        request,
        obj=payment,
        form_class=SettleForm,
        act=act,
        title=_("Settle payment %(payment)s by hand") % {"payment": payment},
        submit_text=_("Settle the payment"),
        explanation=_(
            "Only with the bank's own word, by telephone or in its portal. If a payment that was taken is settled as "
            "not taken, its bills can be charged again. The bank is asked once more first: if it answers now, its "
            "answer is booked."
        ),
        answers=(_("The money was taken."), _("The money was not taken.")),
    )


def _refund_explanation(payment: Payment) -> str:
    text = _("The amount goes back to the card %(card)s. Bills that it had paid are open again.")
    text %= {"card": payment.masked_card}
    limit = refund_limit(payment)
    if limit is None:
        return text
    second = _("Above %(limit)s a second person has to approve it.")
    return f"{text} {second % {'limit': with_currency(limit, payment.currency)}}"


def outcome_of(made: Refund) -> str:
    """What became of a refund, in the operator's words."""
    return {
        RefundState.WAITING: _("Asked for. A second person has to approve it."),
        RefundState.DONE: _("The money was given back."),
        RefundState.DECLINED: _("The bank refused. Nothing was given back; see the timeline."),
    }.get(RefundState(made.state), _("The bank has not answered clearly. It will be asked until it does."))


def _payment(model_admin: Any, request: HttpRequest, object_id: str) -> Payment:
    payment: Payment | None = model_admin.get_object(request, object_id)
    if payment is None:
        raise Http404
    return payment
