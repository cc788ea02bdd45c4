"""The button that asks a POS's bank a question that moves no money."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.admin.confirm import ConfirmedAction, Facts
from config.kit.admin.urls import admin_url
from payments import connection_test
from payments.charge_obstacles import is_in_test_mode
from payments.models import POS
from payments.pos_gateway import gateway_class


class ConnectionTest(ConfirmedAction[POS]):
    name = "test_connection"
    label = gettext_lazy("Test connection")
    icon = "network_check"
    permission = "payments.change_pos"
    form_class = forms.Form  # a question may be repeated
    asks_factor = False

    @classmethod
    def is_possible(cls, instance: POS, request: HttpRequest) -> bool:
        return connection_test.is_possible()

    def title(self) -> str:
        return _("Test the connection of %(pos)s") % {"pos": self.instance.name}

    def explanation(self) -> str:
        return _(
            "The bank is asked about an order that does not exist, with the settings that are saved. No money moves. "
            "Keys that are used for 3-D Secure only are not tested."
        )

    def facts(self) -> Facts:
        pos = self.instance
        return (
            (_("Gateway"), gateway_class(pos).name),
            (_("Address"), pos.resource_url),
            (_("Mode"), _("Test") if is_in_test_mode(pos) else _("Live")),
        )

    def perform(self, data: dict[str, Any]) -> HttpResponse:
        answer = connection_test.ask_bank(self.instance, user_id=self.request.user.pk)
        (messages.success if answer.is_good else messages.error)(self.request, answer.text)
        return HttpResponseRedirect(admin_url(self.instance))
