"""Differences between statements and our books: who works on them, until when, and how they end."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from billing.admin.base import BillingAction, object_link
from billing.admin.cases import OpenFilter
from billing.models import Difference
from billing.services.approval import may_approve
from billing.statements.people import ask_write_off, assign, close_difference, write_off
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.confirm import ConfirmForm, Facts, ReasonForm
from config.kit.admin.filters import ChoiceFilter, Choices, DayColumnRangeFilter
from config.kit.lib.days import today
from config.kit.lib.money import format_money

AGES = (1, 3, 7, 30)
AMOUNT = re.compile(r"-?\d{1,12}\.\d{2,4}", re.ASCII)


class AgeFilter(ChoiceFilter):
    title = gettext_lazy("Age")
    parameter_name = "age"

    def conditions(self) -> Choices:
        return {
            str(days): (
                _("%(days)s days and more") % {"days": days},
                Q(day__lte=today() - timedelta(days=days)),
            )
            for days in AGES
        }


class AssignForm(ConfirmForm):
    owner = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True, is_staff=True).order_by("username"),
        label=gettext_lazy("Owner"),
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )
    due_on = forms.DateField(label=gettext_lazy("Due on"), widget=UnfoldAdminDateWidget())
    comment = forms.CharField(
        label=gettext_lazy("Comment"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


class DifferenceAction(BillingAction[Difference]):
    permission = "billing.close_difference"
    form_class: ClassVar[type[forms.Form]] = ReasonForm
    asks_factor = False

    @classmethod
    def is_possible(cls, instance: Difference, request: HttpRequest) -> bool:
        return instance.closed_at is None and instance.write_off_asked_by_id is None

    def facts(self) -> Facts:
        item = self.instance
        return [
            (_("Kind"), item.get_kind_display()),
            (_("Day"), item.day),
            (_("Expected"), item.expected),
            (_("Found"), item.found),
            (_("Difference"), format_money(item.amount, item.currency)),
        ]


class AssignDifference(DifferenceAction):
    name = "assign"
    label = gettext_lazy("Assign")
    icon = "person"
    form_class = AssignForm

    def form_arguments(self) -> dict[str, Any]:
        item = self.instance
        return {"initial": {"owner": item.owner_id, "due_on": item.due_on, "comment": item.comment}}

    def perform(self, data: dict[str, Any]) -> str:
        owner = data["owner"]
        assign(
            self.instance,
            owner_id=owner.pk if owner else None,
            due_on=data["due_on"],
            comment=data["comment"],
            user_id=self.request.user.pk,
        )
        return _("Saved.")


class CloseDifference(DifferenceAction):
    name = "close"
    label = gettext_lazy("Close")
    submit_text = gettext_lazy("Close difference")
    icon = "check"

    def explanation(self) -> str:
        return _("For differences that are settled with the bank. Money that is given up is written off.")

    def perform(self, data: dict[str, Any]) -> str:
        close_difference(self.instance, resolution=data["reason"], user_id=self.request.user.pk)
        return _("The difference was closed.")


class AskWriteOff(DifferenceAction):
    name = "ask_write_off"
    label = gettext_lazy("Write off")
    submit_text = gettext_lazy("Request write-off")
    icon = "money_off"

    def explanation(self) -> str:
        return _("Another user has to approve it.")

    def perform(self, data: dict[str, Any]) -> str:
        ask_write_off(self.instance, reason=data["reason"], user_id=self.request.user.pk)
        return _("The write-off waits for approval.")


class ApproveWriteOff(DifferenceAction):
    name = "approve_write_off"
    label = gettext_lazy("Approve write-off")
    icon = "done_all"
    asks_factor = True

    @classmethod
    def is_possible(cls, instance: Difference, request: HttpRequest) -> bool:
        return (
            instance.closed_at is None
            and instance.write_off_asked_by_id is not None
            and may_approve(request.user.pk, requested_by_id=instance.write_off_asked_by_id)
        )

    def explanation(self) -> str:
        return self.instance.resolution

    def perform(self, data: dict[str, Any]) -> str:
        write_off(self.instance, note=data["reason"], user_id=self.request.user.pk)
        return _("The difference was written off.")


def _in_words(text: str, currency: str) -> str:
    """Amounts as the reader writes them, other texts as they are."""
    return format_money(Decimal(text), currency) if AMOUNT.fullmatch(text) else text or "–"


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    empty_text = gettext_lazy("Nothing differs. What the bank lists and our books do not fit is listed here.")
    list_display = (
        "day", "kind", "shown_amount", "shown_expected", "shown_found", "pos", "shown_payment", "owner", "due_on",
        "closed_at",
    )  # fmt: skip
    list_select_related = ("pos", "payment", "owner")
    list_filter = (
        OpenFilter,
        ("kind", ChoicesDropdownFilter),
        AgeFilter,
        ("pos", AutocompleteSelectFilter),
        ("day", DayColumnRangeFilter),
    )
    list_disable_select_all = True
    sortable_by = ()
    ordering = ("-pk",)
    confirmed_actions = (AssignDifference, CloseDifference, AskWriteOff, ApproveWriteOff)

    @display(description=gettext_lazy("Expected"))
    def shown_expected(self, item: Difference) -> str:
        return _in_words(item.expected, item.currency)

    @display(description=gettext_lazy("Found"))
    def shown_found(self, item: Difference) -> str:
        return _in_words(item.found, item.currency)

    @display(description=gettext_lazy("Difference"))
    def shown_amount(self, item: Difference) -> str:
        return format_money(item.amount, item.currency)

    @display(description=gettext_lazy("Payment"))
    def shown_payment(self, item: Difference) -> SafeString | str:
        return object_link(item.payment) if item.payment else "–"
