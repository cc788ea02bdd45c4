"""Config of a dummypay POS, as the Omnitron contract prints it."""

from rest_framework import serializers

from payments.gateways.base.config import GatewayConfig
from payments.gateways.base.marks import gettext_noop


class DummyPayConfig(GatewayConfig):
    labels = {
        "auth": gettext_noop("Auth"),
        "fail_on_refund": gettext_noop("Fail on refund"),
        "fail_on_void": gettext_noop("Fail on void"),
        "three_d_enabled": gettext_noop("3-D enabled"),
    }

    three_d_enabled = serializers.BooleanField(default=False)
    fail_on_refund = serializers.BooleanField(default=False)
    fail_on_void = serializers.BooleanField(default=False)
    auth = serializers.DictField(default=dict)
