"""One class for each business rule of the Omnitron contract, with the code that clients know.

Codes that the page prints keep its numbers; the others are ours, in the same style (docs/contracts.md).
"""

import json
from collections.abc import Mapping
from typing import Any

from config.kit.lib.errors import RuleError


class GatewayConfigError(RuleError):
    """The config does not fit the gateway's schema; the message is a JSON object of field → messages."""

    code = "pos_100_2"

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__(json.dumps(errors, ensure_ascii=False))
        self.errors = errors


class UnknownGatewayError(RuleError):
    code = "pos_100_4"

    def __init__(self, gateway: str) -> None:
        super().__init__(f"Gateway: {gateway[:128]} is not known.")


class GatewayNotOperableError(RuleError):
    code = "pos_100_5"

    def __init__(self, gateway: str) -> None:
        super().__init__(f"Gateway: {gateway} cannot charge cards.")


class CardIncompatibleError(RuleError):
    """Bank or card type of another channel than the card's."""

    code = "card_100_2"


class PosIncompatibleError(RuleError):
    """A POS of another channel than the card's."""

    code = "card_100_2"


class FallbackPosError(RuleError):
    """The fallback is one of the POS that it stands in for."""

    code = "card_100_5"


class MultiCurrencyPosIncompatibleError(RuleError):
    code = "multi_currency_card_100_1"


class MultiCurrencyCardChangedError(RuleError):
    code = "multi_currency_card_100_2"


class BinIncompatibleError(RuleError):
    code = "bin_number_100_3"


class InstallmentExistsError(RuleError):
    code = "installment_100_1"


class InstallmentCardChangedError(RuleError):
    code = "installment_100_2"


class BankAccountIncompatibleError(RuleError):
    code = "bank_account_101"


class DefaultCardIncompatibleError(RuleError):
    code = "channel_100_1"


class MoveRefusedError(RuleError):
    """Cards that cannot be moved to a POS. The message is for operators."""

    code = "card_move_1"


class CardsChangedError(RuleError):
    """A move cannot be taken back exactly. The message is for operators."""

    code = "card_move_2"


class RatesRefusedError(RuleError):
    """Rates that cannot be changed together. The message is for operators."""

    code = "rates_1"


class NoCardMatchedError(Exception):
    """No BIN of the channel fits and the channel has no default card; not a broken rule but a 404."""


class ImportEndedError(RuleError):
    code = "file_100_5"

    def __init__(self) -> None:
        super().__init__("The import has ended. It cannot be canceled any more.")
