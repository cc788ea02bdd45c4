"""Config of a Garanti BBVA GVPS POS: shared/gateways.md, section 2."""

from rest_framework import serializers

from payments.gateways.base import GatewayConfig, ModeField, SecretField


class GarantiConfig(GatewayConfig):
    merchant_id = serializers.CharField(max_length=32)
    terminal_id = serializers.RegexField(r"^\d{1,9}\Z", max_length=9)
    prov_user = serializers.CharField(max_length=32, default="PROVAUT")
    prov_password = SecretField()
    refund_user = serializers.CharField(max_length=32, default="PROVRFN")
    refund_password = SecretField()
    store_key = SecretField()
    security_level = serializers.ChoiceField(choices=["3D", "3D_PAY"], default="3D")
    accept_half_secure = serializers.BooleanField(
        default=False, help_text="Accept mdStatus 2, 3 and 4: the bank does not take over the risk of fraud."
    )
    mode = ModeField()
