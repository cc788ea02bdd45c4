from payments.gateways.base.gateway import Gateway
from payments.gateways.gpay.config import GPayConfig


class GPayGateway(Gateway):
    """Garanti Pay: the payer approves in the bank's app. A POS can be stored; charging is not implemented."""

    path = "omnicore.libs.payment_gateways.gpay.GPayGateway"
    name = "Garanti Pay"
    config_class = GPayConfig
    is_operable = False
