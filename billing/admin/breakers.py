"""Circuit breakers: which POS are not called at the moment, and the action that closes one manually."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from billing.admin.base import BillingAction
from billing.attempts import breaker
from billing.models import CircuitBreaker
from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.filters import ChoiceFilter, Choices

OPEN = Q(open_until__isnull=False)
"""Includes half-open breakers: the bank has not answered yet."""


class StatusFilter(ChoiceFilter):
    title = gettext_lazy("Status")
    parameter_name = "status"

    def conditions(self) -> Choices:
        return {
            "open": (_("Open"), OPEN),
            "closed": (_("Closed"), ~OPEN),
        }


class ResetBreaker(BillingAction[CircuitBreaker]):
    name = "reset"
    label = gettext_lazy("Close")
    submit_text = gettext_lazy("Close circuit breaker")
    icon = "power"
    permission = "billing.reset_circuitbreaker"
    asks_factor = False

    @classmethod
    def is_possible(cls, instance: CircuitBreaker, request: HttpRequest) -> bool:
        return instance.open_until is not None or instance.failures > 0

    def title(self) -> str:
        return _("Close the circuit breaker of %(pos)s") % {"pos": self.instance}

    def explanation(self) -> str:
        text = _(
            "%(count)s calls in a row were not answered. Payments are sent to this POS again. If the bank still does "
            "not answer, the breaker opens again."
        )
        return text % {"count": self.instance.failures}

    def perform(self, data: dict[str, Any]) -> str:
        breaker.close(self.instance.pk)
        return _("The circuit breaker was closed.")


@admin.register(CircuitBreaker)
class CircuitBreakerAdmin(ReadOnlyAdmin):
    empty_text = gettext_lazy(
        "Every POS answers. One that does not is left out for a while, and listed here."
    )
    list_display = ("pos", "status", "failures", "open_until", "changed_at")
    list_filter = (StatusFilter,)
    list_select_related = ("pos",)
    search_fields = ("pos__name", "pos__slug")
    sortable_by = ()
    ordering = ("-open_until", "pk")
    confirmed_actions = (ResetBreaker,)
    fieldsets = [(None, {"fields": [("pos", "status"), ("failures", "open_until", "changed_at")]})]

    @display(description=gettext_lazy("Status"))
    def status(self, instance: CircuitBreaker) -> SafeString:
        if instance.open_until is None:
            return badge(_("Closed"), "success")
        if instance.open_until > timezone.now():
            return badge(_("Open"), "danger")
        return badge(_("Waiting for one call"), "warning")
