"""The channel form: a field for each setting that the program knows of `conf`."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from config.kit.admin.controlled import ControlledForm
from config.kit.admin.decimal_field import DecimalInput, DecimalTextField, show_in
from config.kit.admin.fields import JSONObjectField
from config.kit.lib.money import format_money
from payments import channel_settings as known
from payments.models import Channel
from payments.models.channel import available_time_zones
from payments.portal_origins import is_origin_list

MONEY_AND_DAYS = (known.REFUND_LIMIT, known.LATE_PAYMENTS, known.INTEREST_RATE_BOUND, known.TIME_ZONE)
SETTINGS = (*MONEY_AND_DAYS, known.PORTAL_ORIGINS)
OTHER = "other_settings"


def late_payment_choices() -> list[tuple[str, str]]:
    return [
        ("", _("Default: the account's credit")),
        (known.KEEP, _("The account's credit, until a person decides")),
        (known.REFUND, _("Refunded automatically")),
    ]


def time_zone_choices() -> list[tuple[str, str]]:
    default = _("Default: %(name)s") % {"name": settings.CHANNEL_TIME_ZONE}
    return [("", default), *((name, name) for name in sorted(available_time_zones()))]


class OriginsField(forms.CharField):
    """A list of origins, one a line."""

    def clean(self, value: Any) -> list[str]:
        lines = str(super().clean(value)).split()
        if not is_origin_list(lines):
            raise ValidationError(_("Enter web addresses without a path, such as https://portal.example."))
        return lines


class ChannelForm(ControlledForm):
    """`conf` is put together from its fields; keys that the program does not know stay in it."""

    refund_limit = DecimalTextField(
        label=gettext_lazy("Refund limit"), required=False, min_value=0, max_digits=16, decimal_places=4
    )
    late_payments = forms.ChoiceField(
        label=gettext_lazy("Late payments"),
        choices=late_payment_choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("What happens to money that the bank took after the payment had ended."),
    )
    interest_rate_bound = DecimalTextField(
        label=gettext_lazy("Highest usual commission rate"),
        required=False,
        min_value=0,
        max_value=100,
        widget=DecimalInput(unit="%"),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=time_zone_choices,
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text=gettext_lazy("Where this channel's days begin: bills, filters, reports, bank days."),
    )
    portal_origins = OriginsField(
        label=gettext_lazy("Portals"),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy(
            "Web addresses such as https://portal.example, one a line. Their pages may show the payer's pages in a "
            "frame or pop-up, and payers are sent back to them."
        ),
    )
    other_settings = JSONObjectField(
        label=gettext_lazy("Unknown settings"),
        required=False,
        help_text=gettext_lazy("This program does not know them; another one may. A JSON object."),
    )

    class Meta:
        model = Channel
        exclude = ("conf",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        conf = self.instance.conf or {}
        self.initial.update({name: _shown(name, conf[name]) for name in SETTINGS if name in conf})
        self.initial[OTHER] = {name: value for name, value in conf.items() if name not in SETTINGS}
        currency = self.instance.default_currency
        defaults = {
            known.REFUND_LIMIT: _(
                "Above it a refund or a manual settlement needs a second user. Empty: %(default)s. 0: always."
            ) % {"default": format_money(Decimal(settings.REFUND_LIMIT), currency)},
            known.INTEREST_RATE_BOUND: _("Above it the form of commission rates asks again. Empty: %(default)s%%.")
            % {"default": settings.INTEREST_RATE_BOUND},
        }  # fmt: skip
        for name, text in defaults.items():
            if name in self.fields:
                self.fields[name].help_text = text
        if known.REFUND_LIMIT in self.fields:
            show_in(self.fields[known.REFUND_LIMIT], currency)

    def clean(self) -> dict[str, Any]:
        super().clean()
        other = self.cleaned_data.get(OTHER) or {}
        if mistaken := [name for name in other if name in SETTINGS]:
            text = _("This setting has a field of its own: %(names)s.")
            self.add_error(OTHER, ValidationError(text % {"names": ", ".join(mistaken)}))
        if not self.errors and OTHER in self.fields:
            self.cleaned_data["conf"] = self._conf(other)
        return self.cleaned_data

    def prepare(self) -> None:
        if "conf" in self.cleaned_data:
            self.instance.conf = self.cleaned_data["conf"]

    def _conf(self, other: dict[str, Any]) -> dict[str, Any]:
        """What was not touched stays as it is written: 50, "50" and "50.00" are the same limit."""
        before = self.instance.conf or {}
        conf = dict(other)
        for name in SETTINGS:
            if name not in self.changed_data:
                value = before.get(name, "")
            else:
                value = self.cleaned_data.get(name)
                value = str(value) if isinstance(value, Decimal) else value
            if value not in (None, "", []):
                conf[name] = value
        return conf


def _shown(name: str, value: Any) -> Any:
    if name == known.PORTAL_ORIGINS:
        return "\n".join(map(str, value)) if isinstance(value, list) else value
    if name in (known.LATE_PAYMENTS, known.TIME_ZONE):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value
