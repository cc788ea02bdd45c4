"""One class for each business rule of the vault; `code` is the contract's ErrorCode (docs/contracts.md)."""

from django.utils.translation import gettext as _

from config.kit.lib.errors import RuleError


class CardNotFoundError(RuleError):
    """No card of this merchant has these relational ids and this unique code."""

    code = "22"

    def __init__(self) -> None:
        super().__init__("The card was not found.")


class CardTakenError(RuleError):
    """The relation already has this card with this expiry date."""

    code = "409"

    def __init__(self) -> None:
        super().__init__("The card is already stored with this expiry date.")


class MerchantDeletedError(RuleError):
    """A deleted merchant can't be reactivated. Only raised in the admin."""

    code = "410"

    def __init__(self) -> None:
        super().__init__(_("A deleted merchant can't be reactivated."))
