from payments.gateways.alpha.config import AlphaConfig
from payments.gateways.base import Gateway


class AlphaGateway(Gateway):
    """Known from the Omnitron page, not operable."""

    path = "omnicore.libs.payment_gateways.alpha.AlphaGateway"
    config_class = AlphaConfig
    is_operable = False
