"""Forms of the confirmed actions."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.models import Bill, BillStatus, Payment
from config.kit.admin.confirm import ReasonForm
from config.kit.admin.decimal_field import DecimalTextField, show_in
from config.kit.lib.money import format_money, places_error


class AmountForm(ReasonForm):
    """An amount in the payment's currency."""

    amount = DecimalTextField(
        label=gettext_lazy("Amount"), min_value=Decimal("0.0001"), max_digits=18, decimal_places=4
    )
    field_order = ("amount", "reason")

    def __init__(self, *args: Any, payment: Payment, up_to: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment
        show_in(self.fields["amount"], payment.currency)
        at_most = format_money(up_to, payment.currency)
        self.fields["amount"].help_text = _("Up to %(amount)s.") % {"amount": at_most}

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if error := places_error(amount, self.payment.currency):
            raise ValidationError(error)
        return amount


class BillChoiceField(forms.ModelChoiceField):
    def __init__(self, bills: QuerySet[Bill], describe: Callable[[Bill], str]) -> None:
        super().__init__(bills, label=gettext_lazy("Bill"), widget=UnfoldAdminSelectWidget)
        self.describe = describe

    def label_from_instance(self, obj: Bill) -> str:
        return self.describe(obj)


class BillAmountForm(AmountForm):
    """An amount for one of `bills`, which `describe` shows with its amount."""

    def __init__(
        self, *args: Any, bills: QuerySet[Bill], describe: Callable[[Bill], str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bill"] = BillChoiceField(bills, describe)
        self.order_fields(["bill"])


YES, NO = "yes", "no"


def answer_field(*, yes: str | Promise, no: str | Promise) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("What did the bank confirm?"),
        choices=[(YES, yes), (NO, no)],
        widget=UnfoldAdminRadioSelectWidget,
    )


class SettleForm(ReasonForm):
    """What the bank confirmed outside the system. Subclasses add `answer`."""

    bank_reference = forms.CharField(
        label=gettext_lazy("Bank reference"),
        max_length=64,
        required=False,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
    )
    field_order = ("answer", "bank_reference", "reason")


class SettlePaymentForm(SettleForm):
    answer = answer_field(
        yes=gettext_lazy("The payment was captured."), no=gettext_lazy("The payment was not captured.")
    )


class SettleRefundForm(SettleForm):
    answer = answer_field(
        yes=gettext_lazy("The payment was refunded."), no=gettext_lazy("The payment was not refunded.")
    )


class CloseBillForm(ReasonForm):
    closed_as = forms.ChoiceField(
        label=gettext_lazy("Close as"),
        choices=[
            (BillStatus.SETTLED, gettext_lazy("Settled: paid outside this system")),
            (BillStatus.CANCELED, gettext_lazy("Canceled: no longer owed")),
        ],
        widget=UnfoldAdminRadioSelectWidget,
    )
    field_order = ("closed_as", "reason")
