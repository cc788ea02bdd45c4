from payments.gateways.alpha.config import AlphaConfig
from payments.gateways.base.gateway import Gateway


class AlphaGateway(Gateway):
    """Named by the Omnitron contract; cannot charge."""

    path = "omnicore.libs.payment_gateways.alpha.AlphaGateway"
    name = "Alpha"
    config_class = AlphaConfig
    is_operable = False
