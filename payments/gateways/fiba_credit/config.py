"""The two fields that the Omnitron page prints; others that are sent are kept."""

from rest_framework import serializers

from payments.gateways.base import GatewayConfig, SecretField


class FibaCreditConfig(GatewayConfig):
    keeps_unknown_fields = True

    client_id = serializers.CharField(label="Client Id", max_length=64)
    client_secret = SecretField(label="Client Secret Key", max_length=64)
