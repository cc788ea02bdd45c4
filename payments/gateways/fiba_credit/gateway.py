from payments.gateways.base.gateway import Gateway
from payments.gateways.fiba_credit.config import FibaCreditConfig


class FibaCreditGateway(Gateway):
    """Named by the Omnitron contract; cannot charge."""

    path = "omnicore.libs.payment_gateways.fiba_credit.FibaCreditGateway"
    name = "Fiba Kredi"
    config_class = FibaCreditConfig
    is_operable = False
