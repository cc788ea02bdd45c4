"""A POS and its gateway: models know no gateway code, and gateways know no models; this joins them."""

from typing import Any

from payments.gateways import registry
from payments.gateways.base import secrets
from payments.gateways.base.gateway import Gateway
from payments.models import POS, PosVersion


def gateway_class(pos: POS | PosVersion) -> type[Gateway]:
    """Raises KeyError for a gateway that is not registered."""
    return registry.get(pos.gateway)


def full_config(pos: POS | PosVersion) -> dict[str, Any]:
    """The config with its secrets in clear: for the gateway's own code, never for an answer or a log."""
    config = secrets.join(pos.config, pos.secret_config)
    return secrets.in_schema_order(gateway_class(pos).config_class, config)


def masked_config(pos: POS) -> dict[str, Any]:
    """The config as people may read it."""
    config = secrets.join(pos.config, secrets.mask(pos.secret_config))
    return secrets.in_schema_order(gateway_class(pos).config_class, config)
