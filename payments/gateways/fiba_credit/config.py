"""The two fields that the Omnitron contract prints; other fields are kept."""

from rest_framework import serializers

from payments.gateways.base.config import GatewayConfig, SecretField
from payments.gateways.base.marks import gettext_noop


class FibaCreditConfig(GatewayConfig):
    keeps_unknown_fields = True
    terminal_fields = ("client_id",)
    labels = {
        "client_id": gettext_noop("Client ID"),
        "client_secret": gettext_noop("Client secret key"),
    }

    client_id = serializers.CharField(label="Client Id", max_length=64)
    client_secret = SecretField(label="Client Secret Key", max_length=64)
