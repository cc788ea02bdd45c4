"""The form of a payment method. Secrets are entered in clear text and shown as their last four characters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing import services
from billing.models import PaymentMethod
from billing.payment_method_rules import MAX_SECRET
from billing.services.payment_method import MASKS, is_mask
from config.kit.admin.form import ServiceForm, verbose_name
from payments.gateways import registry

INPUTS = {name: f"{name}_text" for name in MASKS}
"""Encrypted column → form field. Django has no form fields for columns that are not editable."""


class MaskInput(UnfoldAdminTextInputWidget):
    """Shows the mask of the stored value. Input is never written back into the page."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value if is_mask(value) else None, attrs)


def _secret(mask: str) -> forms.CharField:
    return forms.CharField(
        label=verbose_name(PaymentMethod, mask),
        widget=MaskInput(),
        required=False,
        max_length=MAX_SECRET,
        help_text=_("Stored encrypted. Leave unchanged to keep the current value."),
    )


class MethodForm(ServiceForm):
    bank_account_number_text = _secret("bank_account_mask")
    bank_routing_number_text = _secret("bank_routing_mask")
    gateway_token_text = _secret("gateway_token_mask")
    gateway = forms.ChoiceField(
        label=_("Gateway"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        choices=lambda: [("", "–"), *((item.short_name(), item.name) for item in registry.GATEWAYS)],
    )
    masked_card = forms.CharField(
        label=_("Card number"),
        required=False,
        max_length=64,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Masked, for example 411111******1111."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, mask in MASKS.items():
            self.initial[INPUTS[name]] = getattr(self.instance, mask)

    def _get_validation_exclusions(self) -> set[str]:
        """Left to the service: its messages are clearer than those of the constraints, and it builds the masks."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # a hook of Django that the stubs leave out
        return exclusions | {"masked_card", "expiry_month", "expiry_year", "is_default", "removed_at"}

    def prepare(self) -> None:
        """A new method becomes the default where the account has none, as through the APIs."""
        typed = {name: self.cleaned_data[text] for name, text in INPUTS.items() if text in self.cleaned_data}
        services.payment_methods.assign(self.instance, typed)
        if self.instance.pk is None:
            self.instance.is_default = None
