"""The operator's side of billing."""

from billing.admin import accounts, bills, subscriptions

__all__ = ["accounts", "bills", "subscriptions"]
