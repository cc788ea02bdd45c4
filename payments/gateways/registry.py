"""The list of gateways. Their dotted paths are wire data of the Omnitron contract and never imported."""

from payments.gateways.alpha.gateway import AlphaGateway
from payments.gateways.base.gateway import Gateway
from payments.gateways.dummypay.gateway import DummyPayGateway
from payments.gateways.fiba_credit.gateway import FibaCreditGateway
from payments.gateways.garanti.gateway import GarantiGateway
from payments.gateways.gpay.gateway import GPayGateway
from payments.gateways.iyzico.gateway import IyzicoGateway
from payments.gateways.nestpay.gateway import NestPayGateway

GATEWAYS: tuple[type[Gateway], ...] = (
    AlphaGateway,
    DummyPayGateway,
    FibaCreditGateway,
    GarantiGateway,
    GPayGateway,
    IyzicoGateway,
    NestPayGateway,
)

_BY_PATH = {gateway.path: gateway for gateway in GATEWAYS}

_BY_SHORT_NAME = {gateway.short_name(): gateway for gateway in GATEWAYS}

choices = [(gateway.path, gateway.short_name()) for gateway in GATEWAYS]


def get(path: str) -> type[Gateway]:
    """Raises KeyError for an unknown path."""
    return _BY_PATH[path]


def find(path: str) -> type[Gateway] | None:
    return _BY_PATH.get(path)


def find_short(name: str) -> type[Gateway] | None:
    """By the short name: `dummypay`."""
    return _BY_SHORT_NAME.get(name)
