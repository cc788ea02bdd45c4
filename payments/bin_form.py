"""The form that asks for the first digits of a card, on pages of several apps."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.kit.admin.decimal_field import DecimalTextField
from config.kit.admin.fields import CurrencyField
from config.kit.lib.money import places_error
from payments.models import Channel


class BinInput(UnfoldAdminTextInputWidget):
    """Writes back six to eight digits and nothing else: a card number must not stay on a page."""

    def format_value(self, value: Any) -> str | None:
        text = str(value or "")
        return text if re.fullmatch(r"\d{6,8}", text) else None


class BinForm(forms.Form):
    use_required_attribute = False
    channel = forms.ModelChoiceField(
        queryset=Channel.objects.select_related("default_card__bank", "default_card__card_type").order_by(
            "name"
        ),
        label=gettext_lazy("Channel"),
        widget=UnfoldAdminSelectWidget(),
    )
    bin = forms.CharField(
        label=gettext_lazy("BIN"),
        help_text=gettext_lazy("The first 6 to 8 digits of the card. Never enter a full card number."),
        widget=BinInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": "8"}),
    )
    currency = CurrencyField(label=gettext_lazy("Currency"), initial="TRY")
    amount = DecimalTextField(
        label=gettext_lazy("Amount"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=15,
        help_text=gettext_lazy("Optional. Used for the installment table."),
    )

    def clean_bin(self) -> str:
        digits = re.sub(r"[\s-]", "", self.cleaned_data["bin"])
        if re.fullmatch(r"[0-9]{9,}", digits):
            raise ValidationError(_("Enter only the first 6 to 8 digits, never a full card number."))
        if not re.fullmatch(r"[0-9]{6,8}", digits):
            raise ValidationError(_("Enter 6 to 8 digits."))
        return digits

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount, currency = data.get("amount"), data.get("currency")
        if amount is not None and currency and (error := places_error(amount, currency)):
            self.add_error("amount", error)
        return data
