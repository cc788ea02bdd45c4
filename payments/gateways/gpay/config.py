"""Config of a Garanti Pay POS, as the Omnitron page prints it."""

from rest_framework import serializers

from payments.gateways.base.config import ConfigBlock, GatewayConfig, ModeField, SecretField
from payments.gateways.base.marks import gettext_noop


class ProvisionUsers(ConfigBlock):
    oos = serializers.CharField(max_length=32)
    refund = serializers.CharField(max_length=32)


class GPayAuth(ConfigBlock):
    password = SecretField()
    merchant_id = serializers.CharField(max_length=32)
    terminal_id = serializers.CharField(max_length=32)
    prov_username = ProvisionUsers()


class GPayConfig(GatewayConfig):
    terminal_fields = ("auth",)
    labels = {
        "auth": gettext_noop("Auth"),
        "company_name": gettext_noop("Company name"),
        "merchant_id": gettext_noop("Merchant ID"),
        "oos": gettext_noop("User for payments (OOS)"),
        "password": gettext_noop("Password"),
        "prov_username": gettext_noop("Provision users"),
        "refund": gettext_noop("User for refunds"),
        "refund_url": gettext_noop("Refund URL"),
        "store_key": gettext_noop("Store key"),
        "terminal_id": gettext_noop("Terminal ID"),
        "timeout_period": gettext_noop("Timeout period"),
        "version": gettext_noop("Version"),
    }

    auth = GPayAuth()
    mode = ModeField()
    version = serializers.CharField(max_length=16, default="v0.01")
    store_key = SecretField()
    refund_url = serializers.URLField()
    company_name = serializers.CharField(max_length=64)
    timeout_period = serializers.IntegerField(
        min_value=1,
        max_value=3600,
        default=300,
        help_text=gettext_noop("Time the payer has to approve, in seconds."),
    )
