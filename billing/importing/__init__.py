"""Loading what is owed from files: accounts, subscriptions, bills. One engine: config/importing."""

from billing.importing.accounts import import_accounts
from billing.importing.bills import import_bills
from billing.importing.subscriptions import import_subscriptions

__all__ = ["import_accounts", "import_bills", "import_subscriptions"]
