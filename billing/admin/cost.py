"""What would this cost? A card, an amount and installments, over all POS of a channel."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from billing.agreed.cost import Cost, find_costs
from billing.models import BorneBy
from config.kit.admin.reach import limit_choices
from config.kit.lib.money import format_money
from config.kit.refusal import takes_card_numbers
from payments.bin_form import BinForm

PERMISSIONS = ("billing.view_commissionplan", "payments.view_pos", "payments.view_binnumber")


class CostForm(BinForm):
    installments = forms.IntegerField(
        label=gettext_lazy("Installments"),
        min_value=1,
        max_value=36,
        initial=1,
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    field_order = ["channel", "bin", "currency", "amount", "installments"]


@takes_card_numbers
@sensitive_post_parameters("bin")
def cost(request: HttpRequest) -> HttpResponse:
    """By POST, so that digits of cards are in no address and no server's log."""
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    form = CostForm(request.POST or None)
    limit_choices(form, request.user)
    form.fields["amount"].required = True
    form.fields["amount"].help_text = ""
    is_asked = request.method == "POST" and form.is_valid()
    costs = find_costs(**form.cleaned_data) if is_asked else []
    context = {
        **admin.site.each_context(request),
        "title": _("What would this cost?"),
        "form": form,
        "submit_text": _("Compare"),
        "is_asked": is_asked,
        "costs": [_shown(item, form.cleaned_data["currency"]) for item in costs],
    }
    return TemplateResponse(request, "admin/billing/cost.html", context)


def _shown(item: Cost, currency: str) -> dict[str, Any]:
    first, *_more, last = [*item.value_dates, item.value_dates[-1]]
    days = date_format(first) if first == last else f"{date_format(first)} – {date_format(last)}"
    return {
        "pos": item.pos,
        "rate": number_format(f"{item.rate.normalize():f}"),
        "fixed": format_money(item.fixed_amount, currency) if item.fixed_amount else "",
        "commission": format_money(item.commission, currency),
        "net": format_money(item.net, currency),
        "days": days,
        "borne_by": BorneBy(item.borne_by).label,
    }
