"""Config of a NestPay (EST, Payten) POS: shared/gateways.md, section 1.

The first four fields, in this order, are the ones that the Omnitron page's 406 `pos_100_2` prints.
"""

from rest_framework import serializers

from payments.gateways.base import GatewayConfig, ModeField, SecretField


class NestPayConfig(GatewayConfig):
    username = serializers.CharField(max_length=64)
    store_key = SecretField()
    password = SecretField()
    client_id = serializers.CharField(max_length=64)
    store_type = serializers.ChoiceField(choices=["3d", "3d_pay"], default="3d")
    accept_half_secure = serializers.BooleanField(
        default=False, help_text="Accept mdStatus 2, 3 and 4: the bank does not take over the risk of fraud."
    )
    mode = ModeField()
