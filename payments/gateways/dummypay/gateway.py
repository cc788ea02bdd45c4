from payments.gateways.base import Gateway
from payments.gateways.dummypay.config import DummyPayConfig


class DummyPayGateway(Gateway):
    """A gateway without a bank, for trying things out."""

    path = "omnicore.libs.payment_gateways.dummypay.DummyPayGateway"
    config_class = DummyPayConfig
