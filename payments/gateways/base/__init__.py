"""What every gateway is. A gateway is a bank's or a provider's system that we call.

A gateway is a stateless translator: config and dataclasses in, dataclasses out. It knows no ORM, no
settings and no request, and it imports only this module, `payments.gateways.types` and `config.kit.lib`.
"""

from payments.gateways.base.config import GatewayConfig, Mode, ModeField, SecretField
from payments.gateways.base.errors import (
    NoAnswerError,
    NotAuthenticError,
    NotSentError,
    UnreadableAnswerError,
    UnsupportedOperationError,
)
from payments.gateways.base.gateway import Gateway
from payments.gateways.base.values import (
    HALF_SECURE,
    MD_REFUSALS,
    compare,
    differences,
    installments_text,
    known_amount,
    known_currency,
    read_installments,
    readable,
    three_d_policy,
)

__all__ = [
    "Gateway",
    "GatewayConfig",
    "HALF_SECURE",
    "MD_REFUSALS",
    "Mode",
    "ModeField",
    "NoAnswerError",
    "NotAuthenticError",
    "NotSentError",
    "SecretField",
    "UnreadableAnswerError",
    "UnsupportedOperationError",
    "compare",
    "differences",
    "installments_text",
    "known_amount",
    "known_currency",
    "read_installments",
    "readable",
    "three_d_policy",
]
