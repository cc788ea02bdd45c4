"""The button on a user's page, and no page that edits factors."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp_webauthn.models import WebAuthnCredential
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kit.admin.confirm import ConfirmedAction
from config.kit.factors import policy
from config.kit.factors.reset import reset

if admin.site.is_registered(WebAuthnCredential):
    admin.site.unregister(WebAuthnCredential)


class WhyForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


class ResetFactors(ConfirmedAction[User]):
    name = "reset_factors"
    label = gettext_lazy("Reset second factor")
    icon = "lock_reset"
    permission = "auth.change_user"
    form_class = WhyForm

    @classmethod
    def is_possible(cls, instance: User, request: HttpRequest) -> bool:
        return instance.pk != request.user.pk and policy.has_factor(instance)

    def explanation(self) -> str:
        return _(
            "Passkeys, apps and recovery codes are removed, and all sessions end. Make sure that it is this person who "
            "asks for it."
        )

    def perform(self, data: dict[str, Any]) -> str:
        if reset(self.instance, cast(User, self.request.user), data["reason"]) is None:
            return _("The second factor was reset.")
        return _("Nothing is changed yet: another user must approve this change.")
