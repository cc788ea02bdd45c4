"""One class for each business rule of the vault; `code` is the contract's ErrorCode (docs/contracts.md)."""

from config.lib.errors import RuleError


class CardNotFoundError(RuleError):
    """No card of this merchant has these relational ids and this unique code."""

    code = "22"

    def __init__(self) -> None:
        super().__init__("The card was not found.")


class CardTakenError(RuleError):
    """With this expiry the card would be another one that is stored already."""

    code = "409"

    def __init__(self) -> None:
        super().__init__("The card is already stored with this expiry date.")
