"""Changes of the configuration that wait for a second person."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.confirm import ConfirmedAction, Facts
from config.kit.identity import changes, service_control
from config.kit.identity import login_admin as login_admin  # registers its pages
from config.kit.identity.models import ChangeState, ConfigurationChange

COLOURS: dict[str, str | None] = {
    ChangeState.WAITING: "warning",
    ChangeState.APPLIED: "success",
    ChangeState.REJECTED: "danger",
    ChangeState.WITHDRAWN: None,
    ChangeState.EXPIRED: None,
    ChangeState.OUTDATED: None,
}


class NoteForm(forms.Form):
    """No idempotency key: a change is decided once."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )


class Decide(ConfirmedAction[ConfigurationChange]):
    permission = changes.APPROVE
    form_class = NoteForm

    @classmethod
    def is_possible(cls, instance: ConfigurationChange, request: HttpRequest) -> bool:
        return changes.can_decide(instance, request.user)

    def title(self) -> str:
        return _("%(action)s the change of %(name)s") % {
            "action": self.label,
            "name": self.instance.object_name,
        }

    def explanation(self) -> str:
        return lines_table(self.instance)

    def facts(self) -> Facts:
        yield _("Requested by"), self.instance.requested_by
        yield _("Requested at"), date_format(localtime(self.instance.requested_at), "DATETIME_FORMAT")
        yield _("Reason"), self.instance.reason

    def user(self) -> User:
        return cast(User, self.request.user)


class Approve(Decide):
    name = "approve"
    label = gettext_lazy("Approve")
    submit_text = gettext_lazy("Approve and apply")
    icon = "check"

    def perform(self, data: dict[str, Any]) -> str:
        changes.approve(self.instance, self.user(), data["note"])
        return _("The change was approved and applied.")


class Reject(Decide):
    name = "reject"
    label = gettext_lazy("Reject")
    icon = "close"

    def perform(self, data: dict[str, Any]) -> str:
        changes.reject(self.instance, self.user(), data["note"])
        return _("The change was rejected. Nothing was changed.")


class Withdraw(ConfirmedAction[ConfigurationChange]):
    name = "withdraw"
    label = gettext_lazy("Withdraw")
    icon = "undo"
    permission = "identity.view_configurationchange"
    asks_factor = False
    form_class = forms.Form

    @classmethod
    def is_possible(cls, instance: ConfigurationChange, request: HttpRequest) -> bool:
        return instance.is_waiting and instance.requested_by_id == request.user.pk

    def perform(self, data: dict[str, Any]) -> str:
        changes.withdraw(self.instance, cast(User, self.request.user))
        return _("The change was withdrawn.")


class AskForApproval(ConfirmedAction[Model]):
    """For a new object whose approval was rejected, has expired, or was never asked for."""

    name = "ask_for_approval"
    label = gettext_lazy("Ask for approval")
    icon = "how_to_reg"
    form_class = forms.Form
    permission: ClassVar[str]

    @classmethod
    def is_possible(cls, instance: Model, request: HttpRequest) -> bool:
        waits = changes.find_waiting(service_control.kind_of(type(instance)), instance.pk)
        return not cast(Any, instance).is_approved and waits is None

    def perform(self, data: dict[str, Any]) -> str:
        service = cast(Any, self.page).service
        service_control.ask_for_approval(service, self.instance, user_id=self.request.user.pk)
        return _("The approval was requested.")


@admin.register(ConfigurationChange)
class ConfigurationChangeAdmin(ReadOnlyAdmin):
    list_display = (
        "object_name",
        "shown_kind",
        "shown_state",
        "requested_by",
        "requested_at",
        "reason",
        "decided_by",
        "decided_at",
    )
    list_filter = (("state", ChoicesDropdownFilter),)
    list_select_related = ("requested_by", "decided_by")
    search_fields = ("object_name",)
    sortable_by = ()
    ordering = ("-pk",)
    export_exclude = ("payload", "base", "lines", "authors")
    confirmed_actions = (Approve, Reject, Withdraw)
    fieldsets = [
        (None, {"fields": ["shown_kind", "object_name", "shown_state", "shown_lines", "reason"]}),
        (
            gettext_lazy("Approval"),
            {
                "fields": [
                    ("requested_by", "requested_at"),
                    "expires_at",
                    ("decided_by", "decided_at"),
                    "decision_note",
                ]
            },
        ),
    ]

    @display(description=gettext_lazy("Kind"))
    def shown_kind(self, change: ConfigurationChange) -> str:
        return str(changes.control_of(change).title)

    @display(description=gettext_lazy("State"))
    def shown_state(self, change: ConfigurationChange) -> SafeString:
        state = change.state
        if state == ChangeState.WAITING and not change.is_waiting:
            state = ChangeState.EXPIRED
        return badge(ChangeState(state).label, COLOURS[state])

    @display(description=gettext_lazy("Changes"))
    def shown_lines(self, change: ConfigurationChange) -> SafeString:
        return lines_table(change)


def lines_table(change: ConfigurationChange) -> SafeString:
    """Field by field: before and after."""
    return render_to_string("admin/identity/lines.html", {"lines": change.lines})
