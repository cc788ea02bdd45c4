"""Loading what is owed, and how it is paid, from files. One engine: config/importing."""

from billing.importing.accounts import import_accounts
from billing.importing.bills import import_bills
from billing.importing.payment_methods import import_payment_methods
from billing.importing.subscriptions import import_subscriptions

__all__ = ["import_accounts", "import_bills", "import_payment_methods", "import_subscriptions"]
