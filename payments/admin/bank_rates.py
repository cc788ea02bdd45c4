"""All commission rates of a bank, changed by percent: old and new are shown first."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from config.kit.admin.decimal_field import DecimalTextField
from config.kit.admin.preview import Preview, PreviewedAction, PreviewTable
from config.kit.lib.decimal_text import write_decimal
from payments.admin.installment_form import rate_bound
from payments.admin.rate_text import rate_text
from payments.models import Bank
from payments.services import rate_changes
from payments.services.rate_changes import RatePlan, RateStep


class RateStepForm(forms.Form):
    use_required_attribute = False
    step = forms.ChoiceField(
        label=gettext_lazy("How"), choices=RateStep.choices, widget=UnfoldAdminSelectWidget()
    )
    value = DecimalTextField(
        label=gettext_lazy("By how much"),
        help_text=gettext_lazy("0.5 raises the rates, -0.5 lowers them."),
        max_digits=9,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(-100)), MaxValueValidator(Decimal(1000))],
    )
    installments = forms.IntegerField(
        label=gettext_lazy("Only this number of installments"),
        help_text=gettext_lazy("Empty: all."),
        min_value=1,
        max_value=1000,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
    )

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if not value:
            raise forms.ValidationError(_("Enter a number other than 0."))
        return value


class ChangeRates(PreviewedAction[Bank]):
    name = "change_rates"
    label = gettext_lazy("Change commission rates")
    submit_text = gettext_lazy("Change the rates")
    icon = "percent"
    permission = "payments.change_installment"
    choice_class = RateStepForm

    def title(self) -> str:
        return _("Change the commission rates of %(bank)s") % {"bank": self.instance.name}

    def explanation(self) -> str:
        return _(
            "Changes what payers pay for installments with all cards of the bank, from the next payment on. To enter a "
            "new rate for each card, upload a file from the list of term commission rates."
        )

    def preview(self, choice: dict[str, Any]) -> Preview:
        plan = rate_changes.plan_rates(self.instance, **choice)
        above = self._above_bound(plan)
        return Preview(
            seen=plan.seen,
            facts=[
                (_("How"), RateStep(choice["step"]).label),
                (_("By how much"), number_format(f"{choice['value'].normalize():f}")),
                (_("Rates that change"), str(len(plan.changes))),
            ],
            warnings=_warnings(plan),
            tables=[_table(plan)],
            is_possible=bool(plan.changes) and not plan.below_zero,
            ask=above,
        )

    def act(self, choice: dict[str, Any], seen: str) -> str:
        count = rate_changes.change_rates(self.instance, **choice, seen=seen)
        return ngettext("%(count)s rate was changed.", "%(count)s rates were changed.", count) % {
            "count": count
        }

    def _above_bound(self, plan: RatePlan) -> str:
        """The question about rates above the channel's usual bound, as their own form asks it."""
        bound = rate_bound(self.instance.channel)
        count = sum(item.after > bound for item in plan.changes)
        if not count:
            return ""
        text = ngettext(
            "%(count)s rate is above the usual %(bound)s%%. It is right.",
            "%(count)s rates are above the usual %(bound)s%%. They are right.",
            count,
        )
        return text % {"count": count, "bound": write_decimal(bound)}


def _warnings(plan: RatePlan) -> list[str]:
    found = []
    if not plan.changes:
        found.append(_("No rate changes."))
    if plan.below_zero:
        text = _("%(count)s rates would be below 0. Nothing can be changed this way.")
        found.append(text % {"count": len(plan.below_zero)})
    return found


def _table(plan: RatePlan) -> PreviewTable:
    rows = [
        (
            item.installment.card.name,
            item.installment.installment_count,
            rate_text(item.before),
            rate_text(item.after),
        )
        for item in plan.changes
    ]
    headings = [_("Card"), _("Installments"), _("Old rate"), _("New rate")]
    return PreviewTable(_("Rates that change"), headings, rows)
