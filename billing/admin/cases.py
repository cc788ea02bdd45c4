"""Cases: payments that need a person to decide, and the action that closes a case."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from billing.admin.base import BillingAction, object_link
from billing.admin.payments import state_badge
from billing.attempts.cases import close_case
from billing.models import Case
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.confirm import ReasonForm
from config.kit.admin.filters import ChoiceFilter, Choices, DayRangeFilter
from config.kit.lib.money import format_money


class OpenFilter(ChoiceFilter):
    title = gettext_lazy("Status")
    parameter_name = "is_open"

    def conditions(self) -> Choices:
        return {
            "yes": (_("Open"), Q(closed_at__isnull=True)),
            "no": (_("Closed"), Q(closed_at__isnull=False)),
        }


class CloseCase(BillingAction[Case]):
    name = "close"
    label = gettext_lazy("Close")
    submit_text = gettext_lazy("Close case")
    icon = "check"
    permission = "billing.change_case"
    asks_factor = False
    form_class = ReasonForm

    @classmethod
    def is_possible(cls, instance: Case, request: HttpRequest) -> bool:
        return instance.closed_at is None

    def title(self) -> str:
        if self.instance.payment is None:
            return _("Close the case")
        return _("Close the case of payment %(payment)s") % {"payment": self.instance.payment}

    def explanation(self) -> str:
        return self.instance.summary

    def perform(self, data: dict[str, Any]) -> str:
        close_case(self.instance, resolution=data["reason"], user_id=self.request.user.pk)
        return _("The case was closed.")


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = (
        "pk",
        "opened_at",
        "status",
        "shown_payment",
        "payment_state",
        "amount",
        "summary",
        "closed_by",
    )
    list_filter = (OpenFilter, ("opened_at", DayRangeFilter))
    list_select_related = ("payment", "closed_by")
    search_fields = ("payment__order_id__exact",)
    search_help_text = gettext_lazy("Order ID")
    sortable_by = ()
    ordering = ("-pk",)
    confirmed_actions = (CloseCase,)
    fieldsets = [
        (
            None,
            {"fields": [("status", "opened_at"), ("shown_payment", "payment_state", "amount"), "summary"]},
        ),
        (gettext_lazy("Resolution"), {"fields": ["resolution", ("closed_at", "closed_by")]}),
    ]

    @display(description=gettext_lazy("Status"))
    def status(self, case: Case) -> SafeString:
        return badge(_("Closed"), "success") if case.closed_at else badge(_("Open"), "danger")

    @display(description=gettext_lazy("Payment"))
    def shown_payment(self, case: Case) -> SafeString | None:
        return object_link(case.payment) if case.payment else None

    @display(description=gettext_lazy("Payment status"))
    def payment_state(self, case: Case) -> SafeString | None:
        return state_badge(case.payment) if case.payment else None

    @display(description=gettext_lazy("Amount"))
    def amount(self, case: Case) -> str | None:
        return format_money(case.payment.amount, case.payment.currency) if case.payment else None
