"""The Omnitron contract names this gateway without its fields: whatever is sent is kept."""

from payments.gateways.base.config import GatewayConfig


class AlphaConfig(GatewayConfig):
    keeps_unknown_fields = True
