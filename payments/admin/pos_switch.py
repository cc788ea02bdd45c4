"""A POS is switched off and on: the page tells what stops working, and what goes on elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import DropdownFilter

from config.kit.admin.confirm import ConfirmedAction, Facts
from payments import services
from payments.models import POS
from payments.services.pos_use import PosUse, find_use

ON, OFF = "on", "off"


class SwitchForm(forms.Form):
    """Carries what was asked: a page that somebody else was faster than must not switch it back."""

    to = forms.ChoiceField(choices=[(ON, ON), (OFF, OFF)], widget=forms.HiddenInput)


class SwitchPos(ConfirmedAction[POS]):
    name = "switch"
    label = gettext_lazy("Switch on or off")
    icon = "power_settings_new"
    permission = "payments.change_pos"
    form_class = SwitchForm

    @property
    def goes_off(self) -> bool:
        return bool(self.instance.is_active)

    def title(self) -> str:
        text = _("Switch %(pos)s off") if self.goes_off else _("Switch %(pos)s on")
        return text % {"pos": self.instance.name}

    def submit_label(self) -> str:
        return _("Switch off") if self.goes_off else _("Switch on")

    def explanation(self) -> str:
        if not self.goes_off:
            return _("It takes new payments again.")
        use = find_use(self.instance)
        return " ".join(
            [
                _(
                    "It takes no new payments. Payments that it has taken are completed, refunded and asked about all "
                    "the same."
                ),
                *_effects(use),
            ]
        )

    def facts(self) -> Facts:
        use = find_use(self.instance)
        return (
            (_("Cards charged here"), str(use.cards)),
            (_("of these with another POS to fall back on"), str(use.with_fallback)),
            (
                _("Cards that cannot be charged without it"),
                str(use.without_fallback) if self.goes_off else "",
            ),
            (_("Other currencies of cards"), str(use.currencies) if use.currencies else ""),
            (_("Cards that fall back on it"), str(use.falls_back_here)),
        )

    def form_arguments(self) -> dict[str, Any]:
        return {"initial": {"to": OFF if self.goes_off else ON}}

    def perform(self, data: dict[str, Any]) -> str:
        to = data["to"] == ON
        if self.instance.is_active != to:
            services.pos.update(self.instance, is_active=to)
        text = _("%(pos)s is switched on.") if to else _("%(pos)s is switched off.")
        return text % {"pos": self.instance.name}


def _effects(use: PosUse) -> list[str]:
    if not use.without_fallback:
        return []
    text = ngettext(
        "%(count)s card has no other POS and cannot be charged: %(names)s. To keep taking payments with it, move it to "
        "another POS first.",
        "%(count)s cards have no other POS and cannot be charged: %(names)s. To keep taking payments with them, move "
        "them to another POS first.",
        use.without_fallback,
    )
    names = ", ".join(use.names) + (" …" if use.without_fallback > len(use.names) else "")
    return [text % {"count": use.without_fallback, "names": names}]


class SwitchedFilter(DropdownFilter):
    title = gettext_lazy("on or off")
    parameter_name = "switched"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(ON, _("On")), (OFF, _("Off"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(is_active=self.value() == ON) if self.value() in (ON, OFF) else queryset
