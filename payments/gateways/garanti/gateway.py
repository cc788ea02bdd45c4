from payments.gateways.base import Gateway
from payments.gateways.garanti.config import GarantiConfig


class GarantiGateway(Gateway):
    """Garanti BBVA GVPS, version 512."""

    path = "omnicore.libs.payment_gateways.garanti.GarantiGateway"
    config_class = GarantiConfig
