"""Config of a NestPay (EST, Payten) POS: docs/gateways/nestpay.md.

The first four fields, in this order, are those that the Omnitron contract prints in its 406 `pos_100_2`.
"""

from rest_framework import serializers

from payments.gateways.base.config import GatewayConfig, HalfSecureField, ModeField, SecretField
from payments.gateways.base.marks import gettext_noop


class NestPayConfig(GatewayConfig):
    terminal_fields = ("client_id",)
    labels = {
        "client_id": gettext_noop("Client ID"),
        "password": gettext_noop("Password"),
        "store_key": gettext_noop("Store key"),
        "store_type": gettext_noop("Store type"),
        "username": gettext_noop("User name"),
    }

    username = serializers.CharField(max_length=64)
    store_key = SecretField()
    password = SecretField()
    client_id = serializers.CharField(max_length=64)
    store_type = serializers.ChoiceField(choices=["3d", "3d_pay"], default="3d")
    accept_half_secure = HalfSecureField()
    mode = ModeField()
