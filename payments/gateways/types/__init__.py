"""What goes into a gateway and what comes out of it: frozen dataclasses, nothing with a life of its own.

Amounts are Decimals in major units with an ISO 4217 code beside them. What a bank did not tell is None (or
"" for a text), never a guess. Nothing here shows card data or secrets in its repr.
"""

from payments.gateways.types.data import (
    CardData,
    OrderData,
    Payer,
    PosAccount,
    Recurring,
    References,
    ReturnUrls,
    StatusQuery,
    StoredCard,
)
from payments.gateways.types.results import (
    CallbackResult,
    GatewayResult,
    StatusResult,
    ThreeDForm,
    ThreeDProof,
)
from payments.gateways.types.words import Capability, OrderState, Outcome, Reason

__all__ = [
    "CallbackResult",
    "Capability",
    "CardData",
    "GatewayResult",
    "OrderData",
    "OrderState",
    "Outcome",
    "Payer",
    "PosAccount",
    "Reason",
    "Recurring",
    "References",
    "ReturnUrls",
    "StatusQuery",
    "StatusResult",
    "StoredCard",
    "ThreeDForm",
    "ThreeDProof",
]
