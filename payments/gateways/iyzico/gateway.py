from payments.gateways.base import Gateway
from payments.gateways.iyzico.config import IyzicoConfig


class IyzicoGateway(Gateway):
    """iyzico, JSON with IYZWSv2 signatures."""

    path = "omnicore.libs.payment_gateways.iyzico.IyzicoGateway"
    config_class = IyzicoConfig
