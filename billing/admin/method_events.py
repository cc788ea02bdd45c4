"""Payment method events: attempts to add a method with their steps, and cards reported as expiring."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from billing.admin.base import of_subscription
from billing.admin.colours import EVENT_COLOURS
from billing.models import MethodEvent, MethodEventStep
from billing.services.payment_method import MASKS
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.filters import DayRangeFilter
from config.kit.admin.related_rows import RelatedRows, RowsTab
from config.kit.admin.search import TermSearchMixin


class StepRows(RelatedRows):
    parent = "event_id"
    list_display = ("step", "payment_method", "note", "at")
    list_display_links = None
    sortable_by = ()
    ordering = ("pk",)


class StepsOfEvent(RowsTab):
    model = MethodEventStep
    model_admin = StepRows
    permission = "billing.view_methodevent"


@admin.register(MethodEvent)
class MethodEventAdmin(TermSearchMixin, ReadOnlyAdmin):
    list_display = (
        "pk",
        "type",
        "shown_status",
        "subscription",
        "payment_method",
        "source_system",
        "reference",
        "created_at",
    )
    list_filter = (
        ("type", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("subscription", "payment_method", "source_system")
    search_help_text = _("Subscription or account number")
    tabs = (StepsOfEvent,)
    sortable_by = ()
    ordering = ("-pk",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("type", "shown_status"),
                    ("subscription", "payment_method"),
                    ("source_system", "reference"),
                    ("created_at", "closed_at"),
                    "attempts",
                ]
            },
        )
    ]

    @display(description=_("Status"))
    def shown_status(self, event: MethodEvent) -> SafeString:
        return badge(event.get_status_display(), EVENT_COLOURS[event.status])

    def get_queryset(self, request: HttpRequest) -> QuerySet[MethodEvent]:
        """Nothing is decrypted: the name of a method comes from its masks."""
        return super().get_queryset(request).defer(*(f"payment_method__{name}" for name in MASKS))

    def matches(self, term: str) -> Q:
        return of_subscription(term)
