"""The Omnitron page names this gateway and prints none of its fields: what is sent is kept."""

from payments.gateways.base import GatewayConfig


class AlphaConfig(GatewayConfig):
    keeps_unknown_fields = True
