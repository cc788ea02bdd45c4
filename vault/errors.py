"""One class for each business rule of the vault; `code` is the contract's ErrorCode (docs/contracts.md)."""

from django.utils.translation import gettext as _

from config.kit.lib.errors import RuleError


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


class MerchantDeletedError(RuleError):
    """A deleted merchant stays deleted. Only people of the back office meet it."""

    code = "410"

    def __init__(self) -> None:
        super().__init__(_("A deleted merchant does not come back."))
