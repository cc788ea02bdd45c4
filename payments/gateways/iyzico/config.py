"""Config of an iyzico POS: docs/gateways/iyzico.md."""

from rest_framework import serializers

from payments.gateways.base.config import GatewayConfig, HalfSecureField, ModeField, SecretField
from payments.gateways.base.marks import gettext_noop


class IyzicoConfig(GatewayConfig):
    terminal_fields = ("api_key",)
    labels = {
        "api_key": gettext_noop("API key"),
        "secret_key": gettext_noop("Secret key"),
    }

    api_key = serializers.CharField(max_length=128)
    secret_key = SecretField()
    accept_half_secure = HalfSecureField()
    mode = ModeField()
