"""Event subscriptions with their health, and the deliveries of events."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display

from billing.admin.base import BillingAction, object_link
from billing.admin.colours import DELIVERY_COLOURS
from billing.hub import outbox
from billing.models import Delivery, DeliveryState, EventSubscription
from billing.services.payment_method import MASKS
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.channel_admin import DATES
from config.kit.admin.filters import DayRangeFilter

RESENT_AT_ONCE = 1_000
"""Most deliveries that one click sends again."""


class ResendDeadEvents(BillingAction[EventSubscription]):
    name = "send_dead"
    label = _("Resend failed events")
    submit_text = _("Resend")
    icon = "replay"
    permission = "billing.change_eventsubscription"
    asks_factor = False

    def explanation(self) -> str:
        text = gettext("%(count)s events could not be delivered to %(callback)s.")
        return text % {"count": self._dead().count(), "callback": self.instance.callback}

    def perform(self, data: dict[str, Any]) -> str:
        return resent(outbox.replay(list(self._dead().values_list("pk", flat=True)[:RESENT_AT_ONCE])))

    def _dead(self) -> QuerySet[Delivery]:
        return self.instance.deliveries.filter(state=DeliveryState.DEAD).order_by("pk")


class DisableSubscription(BillingAction[EventSubscription]):
    name = "switch_off"
    label = _("Disable")
    icon = "block"
    permission = "billing.change_eventsubscription"
    asks_factor = False

    def explanation(self) -> str:
        text = gettext("No more events are sent to %(callback)s. To receive events it must register again.")
        return text % {"callback": self.instance.callback}

    def perform(self, data: dict[str, Any]) -> str:
        EventSubscription.objects.filter(pk=self.instance.pk).update(is_active=False)
        return gettext("The subscription was disabled.")


@admin.register(EventSubscription)
class EventSubscriptionAdmin(ReadOnlyAdmin):
    is_of_all_channels = True
    list_display = (
        "callback",
        "shown_health",
        "failures",
        "failing_since",
        "last_success_at",
        "last_error",
        "client",
        "created_date",
    )
    list_filter = (("is_active", BooleanRadioFilter),)
    search_fields = ("callback",)
    sortable_by = ()
    ordering = ("-pk",)
    confirmed_actions = (ResendDeadEvents, DisableSubscription)
    export_exclude = ("secret",)
    fieldsets = [
        (None, {"fields": ["callback", "query", ("client", "created_by"), "base_path"]}),
        (
            _("Health"),
            {
                "fields": [
                    ("shown_health", "failures", "failing_since"),
                    ("last_success_at", "paused_until"),
                    "last_error",
                    ("shown_waiting", "shown_dead"),
                ]
            },
        ),
        (_("Dates"), {"fields": [DATES]}),
    ]

    @display(description=_("Health"))
    def shown_health(self, listener: EventSubscription) -> SafeString:
        if not listener.is_active:
            return badge(_("Unregistered"), "warning")
        return badge(_("Failing"), "danger") if listener.failures else badge(_("Healthy"), "success")

    @display(description=_("Waiting"))
    def shown_waiting(self, listener: EventSubscription) -> int:
        return listener.deliveries.filter(state=DeliveryState.WAITING).count()

    @display(description=_("Failed permanently"))
    def shown_dead(self, listener: EventSubscription) -> int:
        return listener.deliveries.filter(state=DeliveryState.DEAD).count()


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    is_of_all_channels = True
    list_display = (
        "created_at",
        "shown_state",
        "event_type",
        "shown_resource",
        "subscription",
        "attempts",
        "next_attempt_at",
        "last_status",
        "last_error",
    )
    list_display_links = ("created_at",)
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("subscription", AutocompleteSelectFilter),
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("event__payment", "event__payment_method", "subscription")
    list_disable_select_all = True
    sortable_by = ()
    ordering = ("-pk",)
    actions = ["send_again"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("shown_state", "event_type"),
                    ("subscription", "shown_resource"),
                    ("attempts", "next_attempt_at"),
                    ("last_status", "last_error"),
                    ("created_at", "finished_at"),
                    "shown_event_id",
                ]
            },
        )
    ]

    @display(description=_("State"))
    def shown_state(self, delivery: Delivery) -> SafeString:
        return badge(delivery.get_state_display(), DELIVERY_COLOURS[delivery.state])

    @display(description=_("About"))
    def shown_resource(self, delivery: Delivery) -> SafeString:
        return object_link(delivery.event.subject)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Nothing is decrypted for a list."""
        secrets = [f"event__payment_method__{name}" for name in MASKS]
        return super().get_queryset(request).defer(*secrets)

    @display(description=_("Event id"))
    def shown_event_id(self, delivery: Delivery) -> str:
        return str(delivery.event.event_id)

    @admin.action(description=_("Resend"), permissions=["change_delivery"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Delivered ones too: the listener may have lost them."""
        messages.success(request, resent(outbox.replay(queryset.values_list("pk", flat=True))))

    def has_change_delivery_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_delivery")


def resent(count: int) -> str:
    text = ngettext("%(count)s event will be sent again.", "%(count)s events will be sent again.", count)
    return text % {"count": count}
