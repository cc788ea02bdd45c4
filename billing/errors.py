"""One class for each business rule of billing, with its code (docs/contracts.md)."""

from config.lib.errors import RuleError


class AccountCurrencyChangedError(RuleError):
    """Bills and payments are in the account's currency."""

    code = "account_100_3"


class SubscriptionAccountChangedError(RuleError):
    """Bills and payments of the subscription are the account's."""

    code = "subscription_100_1"


class BillCurrencyError(RuleError):
    """A bill has the currency of its account."""

    code = "bill_100_1"


class BillHasPaymentError(RuleError):
    """Somebody has paid, or is paying, what the bill said."""

    code = "bill_100_2"
