"""Filters of the payments list. Each is served by an index, in the list's order."""

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.admin.timeline import REASONS
from billing.states import OPEN_STATES, PaymentState
from config.kit.admin import filters
from config.kit.admin.filters import ChoiceFilter, Choices
from payments.gateways.types import Reason

OPEN = "open"
"""Filter value for all states without a final outcome."""

SOURCES: dict[str, str | Promise] = {"api": _("API"), "bimetri": "Bimetri", "tmf676": "TM Forum"}
OUTSIDE = "outside"
MOST_INSTALLMENTS = 12


class StateFilter(ChoiceFilter):
    title = _("State")
    parameter_name = "state"

    def conditions(self) -> Choices:
        states = {str(value): (label, Q(state=value)) for value, label in PaymentState.choices}
        return {OPEN: (_("Not finished"), Q(state__in=OPEN_STATES)), **states}


class PeriodFilter(filters.PeriodFilter):
    column = "created_date"


class ReasonFilter(ChoiceFilter):
    title = _("Reason")
    parameter_name = "reason"

    def conditions(self) -> Choices:
        """Several reasons have one text for people; the code tells them apart."""
        texts = {reason: format_lazy("{} ({})", _(REASONS[reason]), reason) for reason in Reason if reason}
        return {str(reason): (text, Q(reason=reason)) for reason, text in texts.items()}


class InstallmentsFilter(ChoiceFilter):
    title = _("Installments")
    parameter_name = "installments"

    def conditions(self) -> Choices:
        counts = {
            str(count): (str(count), Q(installments=count)) for count in range(2, MOST_INSTALLMENTS + 1)
        }
        return {"any": (_("In installments"), Q(installments__gt=1)), **counts}


class SourceFilter(ChoiceFilter):
    title = _("Source")
    parameter_name = "source"

    def conditions(self) -> Choices:
        sources: Choices = {name: (label, Q(source=name)) for name, label in SOURCES.items()}
        return {**sources, OUTSIDE: (_("Received outside"), Q(pos__isnull=True))}
