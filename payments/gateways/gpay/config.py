"""Config of a Garanti Pay POS, as the Omnitron page prints it."""

from typing import Any

from rest_framework import serializers

from payments.gateways.base import GatewayConfig, ModeField, SecretField


class ProvisionUsers(serializers.Serializer[Any]):
    oos = serializers.CharField(max_length=32)
    refund = serializers.CharField(max_length=32)


class GPayAuth(serializers.Serializer[Any]):
    password = SecretField()
    merchant_id = serializers.CharField(max_length=32)
    terminal_id = serializers.CharField(max_length=32)
    prov_username = ProvisionUsers()


class GPayConfig(GatewayConfig):
    auth = GPayAuth()
    mode = ModeField()
    version = serializers.CharField(max_length=16, default="v0.01")
    store_key = SecretField()
    refund_url = serializers.URLField()
    company_name = serializers.CharField(max_length=64)
    timeout_period = serializers.IntegerField(
        min_value=1, max_value=3600, default=300, help_text="Seconds that a payer has to approve."
    )
