"""Config of a Garanti BBVA GVPS POS: docs/gateways/garanti.md."""

from rest_framework import serializers

from payments.gateways.base.config import GatewayConfig, HalfSecureField, ModeField, SecretField
from payments.gateways.base.marks import gettext_noop


class GarantiConfig(GatewayConfig):
    terminal_fields = ("merchant_id", "terminal_id")
    labels = {
        "merchant_id": gettext_noop("Merchant ID"),
        "prov_password": gettext_noop("Provision user's password"),
        "prov_user": gettext_noop("Provision user"),
        "refund_password": gettext_noop("Refund user's password"),
        "refund_user": gettext_noop("Refund user"),
        "security_level": gettext_noop("Security level"),
        "store_key": gettext_noop("Store key"),
        "terminal_id": gettext_noop("Terminal ID"),
    }

    merchant_id = serializers.CharField(max_length=32)
    terminal_id = serializers.RegexField(r"^\d{1,9}\Z", max_length=9)
    prov_user = serializers.CharField(max_length=32, default="PROVAUT")
    prov_password = SecretField()
    refund_user = serializers.CharField(max_length=32, default="PROVRFN")
    refund_password = SecretField()
    store_key = SecretField()
    security_level = serializers.ChoiceField(choices=["3D", "3D_PAY"], default="3D")
    accept_half_secure = HalfSecureField()
    mode = ModeField()
