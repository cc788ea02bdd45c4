"""The button that gives a POS an earlier version of its settings back."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from config.kit.admin.controlled import REASON_NEEDED
from config.kit.admin.form import BrokenRule, FormError
from config.kit.admin.preview import Preview, PreviewedAction, PreviewTable
from config.kit.admin.urls import admin_url
from config.kit.identity import service_control
from config.kit.lib.errors import InvalidValueError, SecondPersonRequiredError
from config.kit.lib.seen import check_seen
from payments import services
from payments.admin.messages import rule_errors
from payments.errors import GatewayConfigError
from payments.models import POS, PosVersion
from payments.pos_gateway import gateway_class
from payments.services import pos_versions


class VersionForm(forms.Form):
    version = forms.TypedChoiceField(
        label=gettext_lazy("Earlier version"), coerce=int, widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, *args: Any, pos: POS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.pk: version for version in pos_versions.find_earlier(pos)}
        field: Any = self.fields["version"]
        field.choices = [(key, _label(version)) for key, version in self.versions.items()]

    def clean_version(self) -> PosVersion:
        return self.versions[self.cleaned_data["version"]]


class RestorePos(PreviewedAction[POS]):
    name = "restore"
    label = gettext_lazy("Earlier versions")
    submit_text = gettext_lazy("Use this version again")
    icon = "history"
    permission = "payments.change_pos"
    choice_class = VersionForm

    @classmethod
    def is_possible(cls, instance: POS, request: HttpRequest) -> bool:
        return bool(pos_versions.find_earlier(instance))

    def title(self) -> str:
        return _("Earlier versions of %(pos)s") % {"pos": self.instance.name}

    def explanation(self) -> str:
        return _(
            "Gateway, addresses, terminal and settings as they were, with the secrets that were last used with them. A "
            "password that was changed without anything else is not kept: enter it on the page of the POS."
        )

    def choice_arguments(self) -> dict[str, Any]:
        return {"pos": self.instance}

    def form_errors(self, error: BrokenRule) -> list[FormError]:
        if isinstance(error, GatewayConfigError):
            return [(None, _("The gateway does not take these settings any more."))]
        return rule_errors(error, POS)

    def preview(self, choice: dict[str, Any]) -> Preview:
        version: PosVersion = choice["version"]
        seen = pos_versions.seen_version(self.instance, version)
        try:
            then = pos_versions.as_it_was(services.pos, self.instance, version)
        except GatewayConfigError as error:
            return Preview(seen=seen, warnings=[self.form_errors(error)[0][1]], is_possible=False)
        needs_two = settings.SECOND_PERSON_FOR_CONFIGURATION and self.instance.is_approved
        return Preview(
            seen=seen,
            facts=[(_("Earlier version"), _label(version))],
            warnings=[_("Another user must approve this change.")] if needs_two else [],
            tables=[_differences(self.instance, then)],
            reason_label=_("Reason for the change"),
        )

    def act(self, choice: dict[str, Any], seen: str) -> str | HttpResponse:
        version: PosVersion = choice["version"]
        try:
            pos_versions.restore(services.pos, self.instance, version, seen=seen, reason=self._reason())
        except SecondPersonRequiredError:
            return self._ask(version, seen)
        return _("The earlier version is in use.")

    def _reason(self) -> str:
        return self.request.POST.get("reason", "").strip()[:500]

    def _ask(self, version: PosVersion, seen: str) -> HttpResponse:
        reason = self._reason()
        if not reason:
            raise InvalidValueError("reason", str(REASON_NEEDED))
        stored = POS.objects.get(pk=self.instance.pk)
        check_seen(seen, pos_versions.seen_version(stored, version))
        then = pos_versions.as_it_was(services.pos, stored, version)
        service_control.ask_for(services.pos, then, user_id=self.request.user.pk, reason=reason)
        messages.warning(self.request, _("Nothing is changed yet: another user must approve this change."))
        return HttpResponseRedirect(admin_url(self.instance))


def _label(version: PosVersion) -> str:
    since = date_format(timezone.localtime(version.created_at), "DATETIME_FORMAT")
    return f"{since} · {gateway_class(version).name} · {version.resource_url}"


def _differences(now: POS, then: POS) -> PreviewTable:
    before, after = services.pos.describe(now), services.pos.describe(then)
    labels = [*before, *(label for label in after if label not in before)]
    rows = [
        (label, before.get(label, "") or "–", after.get(label, "") or "–")
        for label in labels
        if before.get(label) != after.get(label)
    ]
    return PreviewTable(_("What changes"), [_("Field"), _("Now"), _("Then")], rows)
