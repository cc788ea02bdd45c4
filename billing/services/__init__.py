"""Rules of what is owed, and of the money that moves. Every write goes through one of these, whoever asks."""

from billing.services.account import AccountService, SubscriptionService
from billing.services.bill import BillService

accounts = AccountService()
subscriptions = SubscriptionService()
bills = BillService()

__all__ = ["accounts", "bills", "subscriptions"]
