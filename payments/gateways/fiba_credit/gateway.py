from payments.gateways.base import Gateway
from payments.gateways.fiba_credit.config import FibaCreditConfig


class FibaCreditGateway(Gateway):
    """Known from the Omnitron page, not operable."""

    path = "omnicore.libs.payment_gateways.fiba_credit.FibaCreditGateway"
    config_class = FibaCreditConfig
    is_operable = False
