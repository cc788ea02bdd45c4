from payments.gateways.base import Gateway
from payments.gateways.gpay.config import GPayConfig


class GPayGateway(Gateway):
    """Garanti Pay: the payer approves in the bank's app. Configured here; charging on it is not built."""

    path = "omnicore.libs.payment_gateways.gpay.GPayGateway"
    config_class = GPayConfig
    is_operable = False
