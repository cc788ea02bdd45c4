"""Words of the gateways' config schemas in the operator's language.

The schemas speak English, as `/pos/schema/` prints them. What stands here is found by makemessages; a test
holds that no field of a registered gateway is missing.
"""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from payments.gateways.base import Gateway

LABELS: dict[str, object] = {
    "accept_half_secure": _("Accept half secure"),
    "api_key": _("API key"),
    "auth": _("Auth"),
    "client_id": _("Client ID"),
    "client_secret": _("Client secret key"),
    "company_name": _("Company name"),
    "fail_on_refund": _("Fail on refund"),
    "fail_on_void": _("Fail on void"),
    "merchant_id": _("Merchant ID"),
    "mode": _("Mode"),
    "oos": _("User for payments (OOS)"),
    "password": _("Password"),
    "prov_password": _("Provision user's password"),
    "prov_user": _("Provision user"),
    "prov_username": _("Provision users"),
    "refund": _("User for refunds"),
    "refund_password": _("Refund user's password"),
    "refund_url": _("Refund URL"),
    "refund_user": _("Refund user"),
    "secret_key": _("Secret key"),
    "security_level": _("Security level"),
    "store_key": _("Store key"),
    "store_type": _("Store type"),
    "terminal_id": _("Terminal ID"),
    "three_d_enabled": _("3-D enabled"),
    "timeout_period": _("Timeout period"),
    "username": _("User name"),
    "version": _("Version"),
}
HELP: dict[str, object] = {
    "accept_half_secure": _("Accept mdStatus 2, 3 and 4: the bank does not take over the risk of fraud."),
    "mode": _("TEST calls the bank's test system, PROD takes real money."),
    "timeout_period": _("Seconds that a payer has to approve."),
}
GATEWAY_NAMES = {
    "alpha": "Alpha",
    "dummypay": "DummyPay",
    "fiba_credit": "Fiba Kredi",
    "garanti": "Garanti BBVA",
    "gpay": "Garanti Pay",
    "iyzico": "iyzico",
    "nestpay": "NestPay",
}


def label_of(name: str, field: serializers.Field) -> object:
    return LABELS.get(name) or field.label or name


def help_of(name: str, field: serializers.Field) -> object:
    return HELP.get(name) or field.help_text or ""


def name_of(gateway: type[Gateway]) -> str:
    return GATEWAY_NAMES.get(gateway.short_name(), gateway.display())


def section_of(gateway: type[Gateway]) -> object:
    return format_lazy(_("Settings of {gateway}"), gateway=name_of(gateway))
