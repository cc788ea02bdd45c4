"""Working on a case: who has it and until when, and what was found out."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from billing.admin.base import BillingAction
from billing.models import Case
from billing.services import case_work
from config.kit.admin.confirm import ConfirmForm, Facts
from config.kit.lib.days import today


class AssignForm(ConfirmForm):
    """`seen_owner` is who had the case when the page was opened."""

    owner: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=gettext_lazy("Owner"),
        required=False,
        empty_label=gettext_lazy("Nobody"),
        widget=UnfoldAdminSelectWidget(),
    )
    due_on = forms.DateField(
        label=gettext_lazy("To be done by"),
        required=False,
        widget=UnfoldAdminDateWidget(attrs={"type": "date"}),
    )
    seen_owner = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = case_work.possible_owners()  # type: ignore[attr-defined]  # declared above


class CommentForm(ConfirmForm):
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=2_000,
        help_text=gettext_lazy("Cannot be changed later. Do not enter card numbers."),
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )


class CaseAction(BillingAction[Case]):
    permission = case_work.CHANGE
    asks_factor = False

    @classmethod
    def is_possible(cls, instance: Case, request: Any) -> bool:
        return instance.closed_at is None

    def facts(self) -> Facts:
        case = self.instance
        return (
            (_("Payment"), str(case.payment or "")),
            (_("Opened at"), date_format(timezone.localtime(case.opened_at), "DATETIME_FORMAT")),
        )

    def explanation(self) -> str:
        return self.instance.summary


class AssignCase(CaseAction):
    name = "assign"
    label = gettext_lazy("Owner and due day")
    submit_text = gettext_lazy("Save")
    icon = "assignment_ind"
    form_class = AssignForm

    def title(self) -> str:
        return _("Who works on this case, and until when?")

    def form_arguments(self) -> dict[str, Any]:
        case = self.instance
        return {
            "initial": {
                "owner": case.owner_id or self.request.user.pk,
                "due_on": case.due_on or today(),
                "seen_owner": case.owner_id,
            }
        }

    def perform(self, data: dict[str, Any]) -> str:
        case_work.assign(
            self.instance, owner=data["owner"], due_on=data["due_on"], seen_owner=data["seen_owner"]
        )
        if data["owner"] is None:
            return _("Nobody works on the case now.")
        return _("%(name)s works on the case.") % {"name": data["owner"]}


class CommentCase(CaseAction):
    name = "comment"
    label = gettext_lazy("Comment")
    submit_text = gettext_lazy("Add comment")
    icon = "comment"
    form_class = CommentForm

    def title(self) -> str:
        return _("Comment on the case")

    def perform(self, data: dict[str, Any]) -> str:
        case_work.comment(self.instance, text=data["text"], author_id=int(self.request.user.pk or 0))
        return _("The comment was added.")
