"""Payment method events: what was tried, how far it came, and which cards were told to expire."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.datasets import BaseDataset
from unfold.decorators import display

from billing.admin.base import NumberSearch, subscription_is
from billing.admin.colours import EVENT_COLOURS
from billing.models import MethodEvent, MethodEventStep, Subscription
from billing.services.payment_method import MASKS
from config.kit.admin.badge import label
from config.kit.admin.base_admin import RecordAdmin
from config.kit.admin.filters import DayRangeFilter
from config.kit.admin.related_rows import RowsOfParent


class StepRows(RowsOfParent):
    parent = "event_id"
    list_display = ("step", "payment_method", "note", "at")
    list_display_links = None
    sortable_by = ()
    ordering = ("pk",)


class StepsOfEvent(BaseDataset):
    model = MethodEventStep
    model_admin = StepRows
    tab = True


@admin.register(MethodEvent)
class MethodEventAdmin(NumberSearch, RecordAdmin):
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
        return label(event.get_status_display(), EVENT_COLOURS[event.status])

    def get_queryset(self, request: HttpRequest) -> QuerySet[MethodEvent]:
        """What names a method is not encrypted."""
        return super().get_queryset(request).defer(*(f"payment_method__{name}" for name in MASKS))

    def found_by(self, term: str) -> Q:
        found = Subscription.objects.filter(subscription_is(term)).values_list("pk", flat=True)
        return Q(subscription_id__in=list(found[:1000]))

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return [StepsOfEvent] if on_page else []
