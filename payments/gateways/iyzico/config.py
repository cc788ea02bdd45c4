"""Config of an iyzico POS: shared/gateways.md, section 3."""

from rest_framework import serializers

from payments.gateways.base import GatewayConfig, ModeField, SecretField


class IyzicoConfig(GatewayConfig):
    api_key = serializers.CharField(max_length=128)
    secret_key = SecretField()
    accept_half_secure = serializers.BooleanField(
        default=False, help_text="Accept mdStatus 2, 3 and 4: the bank does not take over the risk of fraud."
    )
    mode = ModeField()
