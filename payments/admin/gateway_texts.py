"""Labels and help texts of the gateways' config fields, in the operator's language.

The schemas themselves are English, as `/pos/schema/` prints them. Fields that most gateways have are named here, the
others by the `labels` and `help_texts` of the gateway's config class.
"""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from payments.gateways.base.config import GatewayConfig
from payments.gateways.base.gateway import Gateway

LABELS: dict[str, object] = {
    "accept_half_secure": _("Accept half secure"),
    "mode": _("Mode"),
}
HELP_TEXTS: dict[str, object] = {
    "mode": _("TEST calls the bank's test system, PROD charges real cards."),
}


def field_label(schema: type[GatewayConfig], name: str, field: serializers.Field) -> object:
    marked = schema.labels.get(name)
    return _(marked) if marked else LABELS.get(name) or field.label or name


def field_help_text(schema: type[GatewayConfig], name: str, field: serializers.Field) -> object:
    marked = schema.help_texts.get(name) or field.help_text
    return HELP_TEXTS.get(name) or (_(str(marked)) if marked else "")


def section_of(gateway: type[Gateway]) -> object:
    return format_lazy(_("Settings of {gateway}"), gateway=gateway.name)
