"""Who listens to events, how they are doing, and what became of each event on its way to them."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import action, display

from billing.admin.colours import DELIVERY_COLOURS
from billing.admin.payments import link_to
from billing.hub import outbox
from billing.models import Delivery, DeliveryState, EventSubscription
from config.kit.admin.badge import label
from config.kit.admin.base_admin import RecordAdmin
from config.kit.admin.channel_admin import DATES
from config.kit.admin.confirm import OnceForm, confirm
from config.kit.admin.filters import DayRangeFilter

REPLAYED = 1_000
"""So many deliveries at once are sent again."""


@admin.register(EventSubscription)
class EventSubscriptionAdmin(RecordAdmin):
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
    actions_detail = ["send_dead", "switch_off"]
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
            return label(_("Unregistered"), "warning")
        return label(_("Failing"), "danger") if listener.failures else label(_("Healthy"), "success")

    @display(description=_("Waiting"))
    def shown_waiting(self, listener: EventSubscription) -> int:
        return listener.deliveries.filter(state=DeliveryState.WAITING).count()

    @display(description=_("Given up"))
    def shown_dead(self, listener: EventSubscription) -> int:
        return listener.deliveries.filter(state=DeliveryState.DEAD).count()

    def has_change_eventsubscription_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.change_eventsubscription")

    @action(
        description=_("Send given-up events again"),
        icon="replay",
        url_path="send-dead",
        permissions=["change_eventsubscription"],
    )
    def send_dead(self, request: HttpRequest, object_id: str) -> HttpResponse:
        listener = self._listener(request, object_id)
        dead = listener.deliveries.filter(state=DeliveryState.DEAD).order_by("pk")

        def act(data: dict[str, Any]) -> str:
            return sent_again(outbox.replay(list(dead.values_list("pk", flat=True)[:REPLAYED])))

        return confirm(
            self,
            request,
            obj=listener,
            form_class=OnceForm,
            act=act,
            title=gettext("Send given-up events again"),
            submit_text=gettext("Send again"),
            explanation=gettext("%(count)s events were given up for %(callback)s.")
            % {"count": dead.count(), "callback": listener.callback},
        )

    @action(
        description=_("Switch off"),
        icon="block",
        url_path="switch-off",
        permissions=["change_eventsubscription"],
    )
    def switch_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        listener = self._listener(request, object_id)

        def act(data: dict[str, Any]) -> str:
            EventSubscription.objects.filter(pk=listener.pk).update(is_active=False)
            return gettext("Nothing is sent there any more.")

        return confirm(
            self,
            request,
            obj=listener,
            form_class=OnceForm,
            act=act,
            title=gettext("Switch off"),
            submit_text=gettext("Switch off"),
            explanation=gettext("%(callback)s hears of nothing from now on; it has to register again.")
            % {"callback": listener.callback},
        )

    def _listener(self, request: HttpRequest, object_id: str) -> EventSubscription:
        listener: EventSubscription | None = self.get_object(request, object_id)
        if listener is None:
            raise Http404
        return listener


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    list_display = (
        "created_at",
        "shown_state",
        "event_type",
        "shown_payment",
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
    list_select_related = ("event__payment", "subscription")
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
                    ("subscription", "shown_payment"),
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
        return label(delivery.get_state_display(), DELIVERY_COLOURS[delivery.state])

    @display(description=_("Payment"))
    def shown_payment(self, delivery: Delivery) -> SafeString:
        return link_to(delivery.event.payment)

    @display(description=_("Event id"))
    def shown_event_id(self, delivery: Delivery) -> str:
        return str(delivery.event.event_id)

    def has_change_delivery_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_delivery")

    @admin.action(description=_("Send again"), permissions=["change_delivery"])
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        """Also what was delivered: a listener may have lost it."""
        messages.success(request, sent_again(outbox.replay(queryset.values_list("pk", flat=True))))


def sent_again(count: int) -> str:
    return ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", count) % {
        "count": count
    }
