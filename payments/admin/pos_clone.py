"""A copy of a POS on another channel or under another slug, without its secrets."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.kit.admin.confirm import ConfirmedAction
from config.kit.admin.form import BrokenRule, FormError
from config.kit.admin.urls import admin_url
from config.kit.identity.service_control import ask_for_approval
from payments import services
from payments.admin.messages import rule_errors
from payments.models import POS, Channel
from payments.models.base import SlugField


class CloneForm(forms.Form):
    channel = forms.ModelChoiceField(
        queryset=Channel.objects.order_by("name"),
        label=gettext_lazy("Channel"),
        widget=UnfoldAdminSelectWidget(),
    )
    name = forms.CharField(max_length=64, label=gettext_lazy("Name"), widget=UnfoldAdminTextInputWidget())
    slug = forms.CharField(
        max_length=128,
        label=gettext_lazy("Slug"),
        validators=SlugField.default_validators,
        widget=UnfoldAdminTextInputWidget(),
    )


class ClonePos(ConfirmedAction[POS]):
    name = "clone"
    label = gettext_lazy("Clone")
    icon = "content_copy"
    permission = "payments.add_pos"
    form_class = CloneForm

    def title(self) -> str:
        return _("Clone POS %(name)s") % {"name": self.instance.name}

    def explanation(self) -> str:
        return _("Everything except the secrets is copied.")

    def form_arguments(self) -> dict[str, Any]:
        pos = self.instance
        return {"initial": {"channel": pos.channel_id, "name": pos.name, "slug": f"{pos.slug}-2"[:128]}}

    def form_errors(self, error: BrokenRule) -> list[FormError]:
        return rule_errors(error, POS)

    def perform(self, data: dict[str, Any]) -> HttpResponse:
        clone = services.pos.clone(self.instance, **data)
        self.page.log_addition(self.request, clone, [{"added": {}}])
        ask_for_approval(services.pos, clone, user_id=self.request.user.pk)
        messages.success(self.request, _("POS cloned without its secrets. Enter them before you use it."))
        return HttpResponseRedirect(admin_url(clone))
