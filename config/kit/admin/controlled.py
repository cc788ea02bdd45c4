"""Pages of objects whose changes may wait for a second person: the change is asked for instead of saved."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kit.admin.form import ServiceForm
from config.kit.admin.service_admin import ServiceAdmin
from config.kit.admin.urls import admin_url
from config.kit.identity import changes, service_control
from config.kit.lib.errors import SecondPersonRequiredError
from config.kit.services import Service

REASON_NEEDED = gettext_lazy("Another user must approve this change. Tell why it is needed.")
APPROVAL: Any = (gettext_lazy("Approval"), {"fields": ["change_reason"]})
"""The fieldset of a page whose changes may wait."""


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason for the change"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "Required for changes that another user must approve. Do not enter card numbers."
        ),
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
    )


class ControlledForm(ServiceForm):
    needs_second_person = False
    change_reason = reason_field()

    def add_broken_rule(self, error: Any) -> None:
        """What needs a second person is no error on the page of an object: it is asked for."""
        if not isinstance(error, SecondPersonRequiredError) or self.instance.pk is None:
            super().add_broken_rule(error)
        elif self.cleaned_data.get("change_reason"):
            self.needs_second_person = True
        else:
            self.add_error("change_reason", REASON_NEEDED)


class ControlledAdmin(ServiceAdmin):
    service: Service[Any]
    """Has `controlled_fields` and is registered in config.kit.identity.service_control."""

    form = ControlledForm
    asks_factor = True
    change_form_before_template = "admin/identity/waiting.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        asks = settings.SECOND_PERSON_FOR_CONFIGURATION and obj and self.has_change_permission(request, obj)
        return [*fieldsets, APPROVAL] if asks else fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        instance = self.get_object(request, object_id) if object_id else None
        context = self._approval(instance) if instance is not None else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _approval(self, instance: Any) -> dict[str, Any]:
        return {
            "waiting_change": changes.find_waiting(service_control.kind_of(self.model), instance.pk),
            "is_unapproved": not getattr(instance, "is_approved", True),
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if form.needs_second_person:
            obj.waits = service_control.ask_for(
                self.service, obj, user_id=request.user.pk, reason=form.cleaned_data["change_reason"]
            )
            return
        super().save_model(request, obj, form, change)
        self.put_before_another(request, obj)

    def put_before_another(self, request: HttpRequest, obj: Any) -> None:
        """Of a new object, or of one that is not approved yet and was edited."""
        service_control.ask_for_approval(self.service, obj, user_id=request.user.pk)
        if not getattr(obj, "is_approved", True):
            messages.warning(request, _("It is not used until another user approves it."))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_change(request, obj, _("Approval requested") if hasattr(obj, "waits") else message)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if not hasattr(obj, "waits"):
            return super().response_change(request, obj)
        messages.warning(request, _("Nothing is changed yet: another user must approve this change."))
        return HttpResponseRedirect(admin_url(obj))
