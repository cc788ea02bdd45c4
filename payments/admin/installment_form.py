"""The form of commission rates: a decimal point in the wrong place is asked about before it is saved."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from config.kit.admin.asking import ask_again
from config.kit.admin.decimal_field import show_in
from config.kit.admin.form import ServiceForm
from config.kit.lib.decimal_text import write_decimal
from payments.models import Channel


class InstallmentForm(ServiceForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "interest_rate" in self.fields:  # not on a page that only shows it
            show_in(self.fields["interest_rate"], unit="%")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        rate, card = data.get("interest_rate"), data.get("card") or getattr(self.instance, "card", None)
        if rate is None or card is None or "interest_rate" not in self.changed_data:
            return data
        bound = rate_bound(card.channel)
        if rate > bound:
            text = _("%(rate)s%% is above the usual %(bound)s%%. If it is right, save again.")
            shown = write_decimal(rate)
            ask_again(self, "interest_rate", shown, text % {"rate": shown, "bound": write_decimal(bound)})
        return data


def rate_bound(channel: Channel) -> Decimal:
    """In percent. A bound of the channel's conf that is not a number counts as 0."""
    try:
        bound = Decimal(str(channel.conf.get("interest_rate_bound", settings.INTEREST_RATE_BOUND)))
    except InvalidOperation:
        return Decimal(0)
    return bound if bound.is_finite() else Decimal(0)
