"""Config of a dummypay POS, as the Omnitron page prints it."""

from rest_framework import serializers

from payments.gateways.base import GatewayConfig


class DummyPayConfig(GatewayConfig):
    three_d_enabled = serializers.BooleanField(default=False)
    fail_on_refund = serializers.BooleanField(default=False)
    fail_on_void = serializers.BooleanField(default=False)
    auth = serializers.DictField(default=dict)
