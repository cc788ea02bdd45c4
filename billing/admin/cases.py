"""Cases: payments that need a person to decide, and the action that closes a case."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from billing.admin.ask_banks import AskBanksMixin
from billing.admin.base import BillingAction, object_link
from billing.admin.case_actions import AssignCase, CommentCase
from billing.admin.payments import state_badge
from billing.attempts.cases import close_case
from billing.models import Case, CaseComment, Payment
from billing.services import case_work
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.confirm import ReasonForm
from config.kit.admin.filters import ChoiceFilter, Choices, DayRangeFilter
from config.kit.lib.days import today
from config.kit.lib.money import format_money

MAX_COMMENTS = 500


class OpenFilter(ChoiceFilter):
    title = gettext_lazy("Status")
    parameter_name = "is_open"

    def conditions(self) -> Choices:
        return {
            "yes": (_("Open"), Q(closed_at__isnull=True)),
            "no": (_("Closed"), Q(closed_at__isnull=False)),
        }


class OwnerFilter(ChoiceFilter):
    title = gettext_lazy("Owner")
    parameter_name = "owner"

    def conditions(self) -> Choices:
        return {
            "me": (_("Me"), Q(owner=self.request.user.pk)),
            "nobody": (_("Nobody"), Q(owner__isnull=True)),
            "somebody": (_("Somebody"), Q(owner__isnull=False)),
        }


class DueFilter(ChoiceFilter):
    title = gettext_lazy("Due")
    parameter_name = "due"

    def conditions(self) -> Choices:
        return {
            "late": (_("Overdue"), Q(due_on__lt=today(), closed_at__isnull=True)),
            "today": (_("Today"), Q(due_on=today())),
            "later": (_("Later"), Q(due_on__gt=today())),
            "none": (_("No day"), Q(due_on__isnull=True)),
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
class CaseAdmin(AskBanksMixin, ReadOnlyAdmin):
    empty_text = gettext_lazy(
        "Nothing to decide. A case is opened when the outcome of a payment cannot be found out."
    )
    list_display = (
        "pk",
        "opened_at",
        "status",
        "owner",
        "shown_due",
        "shown_payment",
        "payment_state",
        "amount",
        "summary",
        "closed_by",
    )
    list_filter = (OpenFilter, OwnerFilter, DueFilter, ("opened_at", DayRangeFilter))
    list_select_related = ("payment", "closed_by", "owner")
    search_fields = ("payment__order_id__exact",)
    search_help_text = gettext_lazy("Order ID")
    sortable_by = ()
    ordering = ("-pk",)
    confirmed_actions = (AssignCase, CommentCase, CloseCase)
    change_form_after_template = "admin/billing/case_comments.html"
    fieldsets = [
        (
            None,
            {"fields": [("status", "opened_at"), "shown_payment", ("payment_state", "amount"), "summary"]},
        ),
        (gettext_lazy("Next step"), {"fields": ["what_to_do", "what_to_tell", ("owner", "shown_due")]}),
        (gettext_lazy("Resolution"), {"fields": ["resolution", ("closed_at", "closed_by")]}),
    ]

    @display(description=gettext_lazy("Status"))
    def status(self, case: Case) -> SafeString:
        return badge(_("Closed"), "success") if case.closed_at else badge(_("Open"), "danger")

    @display(description=gettext_lazy("To be done by"))
    def shown_due(self, case: Case) -> SafeString | None:
        if case.due_on is None:
            return None
        is_late = case.closed_at is None and case.due_on < today()
        return badge(date_format(case.due_on), "danger" if is_late else "info")

    @display(description=gettext_lazy("What to do"))
    def what_to_do(self, case: Case) -> str:
        return case_work.next_step(case.payment).do if case.closed_at is None else ""

    @display(description=gettext_lazy("What to tell the customer"))
    def what_to_tell(self, case: Case) -> str:
        return case_work.next_step(case.payment).tell if case.closed_at is None else ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        rows = (
            CaseComment.objects.filter(case_id=object_id)
            if object_id.isdecimal()
            else CaseComment.objects.none()
        )
        context = {"comments": rows.select_related("author")[:MAX_COMMENTS]}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def payments_of(self, queryset: Any) -> Any:
        return Payment.objects.filter(pk__in=queryset.filter(payment__isnull=False).values("payment_id"))

    @display(description=gettext_lazy("Payment"))
    def shown_payment(self, case: Case) -> SafeString | None:
        return object_link(case.payment) if case.payment else None

    @display(description=gettext_lazy("Payment status"))
    def payment_state(self, case: Case) -> SafeString | None:
        return state_badge(case.payment) if case.payment else None

    @display(description=gettext_lazy("Amount"))
    def amount(self, case: Case) -> str | None:
        return format_money(case.payment.amount, case.payment.currency) if case.payment else None
