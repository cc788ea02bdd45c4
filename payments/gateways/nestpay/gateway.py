from payments.gateways.base import Gateway
from payments.gateways.nestpay.config import NestPayConfig


class NestPayGateway(Gateway):
    """NestPay / EST / Payten by Asseco: Akbank, İşbank, Ziraat, Halkbank, TEB, Şekerbank, TFKB and others."""

    path = "omnicore.libs.payment_gateways.nestpay.NestPayGateway"
    config_class = NestPayConfig
