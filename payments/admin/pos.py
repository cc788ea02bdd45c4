"""POS: the virtual POS of a channel."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from config.kit.admin.channel_admin import CHANNEL_FILTER, MODIFIED_FILTER
from config.kit.admin.controlled import ControlledAdmin
from config.kit.identity.admin import AskForApproval
from payments import services
from payments.admin.base import ChannelOwnedAdmin
from payments.admin.card_moves import LastMove, MoveCards
from payments.admin.gateway_fields import config_rows
from payments.admin.gateway_texts import section_of
from payments.admin.pos_clone import ClonePos
from payments.admin.pos_connection import ConnectionTest
from payments.admin.pos_form import CONFIG_FIELDS, PosForm
from payments.admin.pos_restore import RestorePos
from payments.admin.pos_switch import SwitchedFilter, SwitchPos
from payments.gateways import registry
from payments.gateways.base.config import Mode
from payments.models import POS
from payments.pos_gateway import gateway_class, masked_config


class ModeFilter(DropdownFilter):
    title = gettext_lazy("mode")
    parameter_name = "mode"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return Mode.choices

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(config__mode=self.value()) if self.value() else queryset


class GatewayFilter(DropdownFilter):
    title = gettext_lazy("gateway")
    parameter_name = "gateway"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(gateway.short_name(), gateway.name) for gateway in registry.GATEWAYS]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        found = [gateway.path for gateway in registry.GATEWAYS if gateway.short_name() == self.value()]
        return queryset.filter(gateway__in=found) if found else queryset


class AskForPos(AskForApproval):
    permission = "payments.change_pos"


@admin.register(POS)
class PosAdmin(ControlledAdmin, ChannelOwnedAdmin):
    empty_text = gettext_lazy(
        "A POS is the contract with a bank that charges cards. Add one with what the bank sent you, "
        "then test its connection."
    )
    service = services.pos
    form = PosForm
    list_display = ("name", "slug", "gateway_name", "mode", "switched", "channel", "modified_date")
    list_filter = (CHANNEL_FILTER, GatewayFilter, ModeFilter, SwitchedFilter, MODIFIED_FILTER)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    export_exclude = ("secret_config", "secrets_revision")
    confirmed_actions = (MoveCards, LastMove, SwitchPos, ConnectionTest, ClonePos, RestorePos, AskForPos)
    actions_row = [MoveCards.name, SwitchPos.name]

    class Media:
        js = ("admin/pos_gateway.js",)
        css = {"all": ("admin/pos_gateway.css",)}

    @display(description=gettext_lazy("Gateway"), ordering="gateway")
    def gateway_name(self, instance: POS) -> str:
        gateway = registry.find(instance.gateway)
        return gateway.name if gateway else instance.gateway

    @display(description=gettext_lazy("Mode"), label={Mode.TEST: "warning", Mode.PROD: "success"})
    def mode(self, instance: POS) -> str | None:
        return instance.config.get("mode") if isinstance(instance.config, dict) else None

    @display(description=gettext_lazy("Takes payments"), label={"on": "success", "off": "danger"})
    def switched(self, instance: POS) -> tuple[str, str]:
        return ("on", _("On")) if instance.is_active else ("off", _("Off"))

    def main_fieldsets(self, request: HttpRequest, obj: POS | None) -> Any:
        addresses = ["resource_url", "three_d_resource_url"]
        allowed = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        main = [
            (None, {"fields": ["channel", "name", "slug", "gateway" if allowed else "gateway_name"]}),
            (_("Addresses"), {"fields": addresses}),
        ]
        if not allowed:
            return [*main, (_("Settings"), {"fields": ["config_table"]})]
        chosen = self._chosen(request, obj)
        return main + [
            (section_of(gateway), {"fields": list(fields), "classes": _classes(gateway.path, chosen)})
            for gateway, fields in CONFIG_FIELDS.items()
            if fields
        ]

    def _chosen(self, request: HttpRequest, obj: POS | None) -> str:
        return request.POST.get("gateway") or (obj.gateway if obj else "")

    @display(description=gettext_lazy("Config"))
    def config_table(self, instance: POS) -> SafeString:
        """For those who only read: the config with its secrets masked."""
        rows = config_rows(gateway_class(instance).config_class, masked_config(instance))
        line = '<dt class="font-semibold">{}</dt><dd class="wrap-anywhere">{}</dd>'
        return format_html('<dl class="config-table">{}</dl>', format_html_join("", line, _texts(rows)))

    def get_readonly_fields(self, request: HttpRequest, obj: POS | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "gateway_name", "config_table"]


def _classes(path: str, chosen: str) -> list[str]:
    """The script finds a gateway's fieldset by its class; without the script only the chosen one shows."""
    name = f"gateway-{registry.get(path).short_name()}"
    return ["gateway-settings", name] if path == chosen else ["gateway-settings", name, "gateway-hidden"]


def _texts(rows: Any) -> Any:
    for label, value in rows:
        if isinstance(value, bool):
            value = _("yes") if value else _("no")
        yield label, "–" if value in (None, "", {}) else value
