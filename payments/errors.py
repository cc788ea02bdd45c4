"""One class for each business rule of the Omnitron contract, with the code that clients know.

Codes that the page prints keep its numbers; the others are ours, in the same style (docs/contracts.md).
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from config.lib.errors import RuleError


class ChannelChangedError(RuleError):
    """The channel of an object can't change. `code` depends on the model."""

    CODES: ClassVar[dict[str, str]] = {
        "POS": "pos_100_3",
        "Bank": "bank_100_2",
        "CardType": "card_type_100_2",
        "Card": "card_100_3",
        "BinNumber": "bin_number_100_4",
        "BankAccount": "bank_account_102",
        "PaymentOption": "payment_option_101",
    }

    def __init__(self, *, model: str, name: str, channel: str) -> None:
        label = "Pos" if model == "POS" else model
        colon = "" if model == "PaymentOption" else ":"  # as the page prints it
        super().__init__(f"Channel: {channel} of {label}{colon} {name} cannot change.")
        self.code = self.CODES[model]  # type: ignore[misc]


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


class InUseError(RuleError):
    """Something still points at the object. `counts` maps what points at it to how many."""

    CODES: ClassVar[dict[str, str]] = {
        "Channel": "channel_100_2",
        "POS": "pos_100_6",
        "Bank": "bank_100_3",
        "CardType": "card_type_100_3",
        "Card": "card_100_4",
    }

    def __init__(self, *, model: str, name: str, counts: Mapping[str, int]) -> None:
        label = "Pos" if model == "POS" else model
        listed = ", ".join(f"{what} ({count})" for what, count in counts.items())
        super().__init__(f"{label}: {name} is in use by {listed}.")
        self.code = self.CODES[model]  # type: ignore[misc]
        self.counts = dict(counts)


class ReferenceGoneError(RuleError):
    """What the object points at was deleted between the check and the write."""

    code = "reference_100_1"

    def __init__(self) -> None:
        super().__init__("Something that the object points at was deleted meanwhile.")


class FileMissingError(RuleError):
    code = "file_100_1"

    def __init__(self) -> None:
        super().__init__("File not found please provide an appropriate file")


class FileTooLargeError(RuleError):
    code = "file_100_2"


class FileUnreadableError(RuleError):
    """Not text, or no row could be read."""

    code = "file_100_3"


class NoCardMatchedError(Exception):
    """No BIN of the channel fits and the channel has no default card; not a broken rule but a 404."""
