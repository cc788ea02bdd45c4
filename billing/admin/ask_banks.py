"""The banks are asked about many payments: chosen in a list, shown, and queued for the workers."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from billing import tasks
from billing.models import Payment
from billing.services.reconcile import can_query_status
from config.kit.boundary import card_number_message
from config.kit.lib.card_numbers import holds_card_number

PERMISSION = "billing.reconcile_payment"
CHOSEN = ("action", "index", "select_across", ACTION_CHECKBOX_NAME)


class AskForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Shown in the timeline of each payment. Do not enter card numbers."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )

    def clean_reason(self) -> str:
        if holds_card_number(self.cleaned_data["reason"]):
            raise forms.ValidationError(card_number_message())
        return str(self.cleaned_data["reason"])


class AskBanksMixin(ModelAdmin):
    """Only what is ticked on a page of the list: a bank takes seconds to answer each."""

    actions = ["ask_banks"]
    list_disable_select_all = True

    def has_ask_banks_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(PERMISSION)

    def payments_of(self, queryset: QuerySet[Any]) -> QuerySet[Payment]:
        return queryset

    @admin.action(description=gettext_lazy("Ask the banks"), permissions=["ask_banks"])
    def ask_banks(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        rows = self.payments_of(queryset).select_related("pos", "pos_version", "channel").order_by("pk")
        payments = list(rows[: self.list_per_page])
        able = [payment for payment in payments if can_query_status(payment)]
        is_sent = "reason" in request.POST
        form = AskForm(request.POST if is_sent else None)
        if is_sent and able and form.is_valid():
            tasks.ask_banks(able, user_id=int(request.user.pk or 0), note=form.cleaned_data["reason"])
            text = ngettext(
                "The bank is being asked about %(count)s payment. The answer appears in its timeline.",
                "The banks are being asked about %(count)s payments. The answers appear in their timelines.",
                len(able),
            )
            messages.success(request, text % {"count": len(able)})
            return None
        by_pos = Counter(str(payment.pos) for payment in able)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ask the banks"),
            "opts": self.opts,
            "explanation": _(
                "Reads the status of each payment at its bank and books it here. No money moves. Workers ask, one "
                "payment after the other for each POS; this page does not wait for them."
            ),
            "facts": [
                (_("Payments"), len(able)),
                *by_pos.most_common(10),
                *(
                    [(_("Cannot be asked about"), len(payments) - len(able))]
                    if len(able) < len(payments)
                    else []
                ),
            ],
            "form": form,
            "hidden": [(name, value) for name in CHOSEN for value in request.POST.getlist(name)],
            "submit_text": _("Ask the banks"),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/simple_form.html", context)
