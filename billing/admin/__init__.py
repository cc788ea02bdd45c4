"""The operator's side of billing."""

from billing.admin import accounts, bills, cases, inbox, payments, refunds, subscriptions

__all__ = ["accounts", "bills", "cases", "inbox", "payments", "refunds", "subscriptions"]
