"""Cases: what waits for a person, with what is known of it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from billing.admin.base import with_currency
from billing.admin.payments import link_to, state_label
from billing.attempts.cases import close_case
from billing.models import Case
from config.kit.admin.badge import label
from config.kit.admin.base_admin import RecordAdmin
from config.kit.admin.confirm import ReasonForm, confirm
from config.kit.admin.filters import DayRangeFilter


class OpenFilter(DropdownFilter):
    title = gettext_lazy("Status")
    parameter_name = "is_open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Open")), ("no", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(closed_at__isnull=value == "yes") if value in ("yes", "no") else queryset


@admin.register(Case)
class CaseAdmin(RecordAdmin):
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
    search_help_text = gettext_lazy("Order id")
    sortable_by = ()
    ordering = ("-pk",)
    actions_detail = ["close"]
    fieldsets = [
        (
            None,
            {"fields": [("status", "opened_at"), ("shown_payment", "payment_state", "amount"), "summary"]},
        ),
        (gettext_lazy("Resolution"), {"fields": ["resolution", ("closed_at", "closed_by")]}),
    ]

    @display(description=gettext_lazy("Status"))
    def status(self, case: Case) -> SafeString:
        return label(_("Closed"), "success") if case.closed_at else label(_("Open"), "danger")

    @display(description=gettext_lazy("Payment"))
    def shown_payment(self, case: Case) -> SafeString:
        return link_to(case.payment)

    @display(description=gettext_lazy("State of the payment"))
    def payment_state(self, case: Case) -> SafeString:
        return state_label(case.payment)

    @display(description=gettext_lazy("Amount"))
    def amount(self, case: Case) -> str:
        return with_currency(case.payment.amount, case.payment.currency)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        case = self.get_object(request, str(object_id))
        is_open = case is not None and case.closed_at is None
        return super().get_actions_detail(request, object_id) if is_open else []

    def has_change_case_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.change_case")

    @action(description=gettext_lazy("Close"), icon="check", url_path="close", permissions=["change_case"])
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is None:
            raise Http404

        def act(data: dict[str, Any]) -> str:
            close_case(case, resolution=data["reason"], user_id=request.user.pk)
            return _("The case is closed.")

        return confirm(
            self,
            request,
            obj=case,
            form_class=ReasonForm,
            act=act,
            title=_("Close the case of payment %(payment)s") % {"payment": case.payment},
            submit_text=_("Close the case"),
            explanation=case.summary,
        )
