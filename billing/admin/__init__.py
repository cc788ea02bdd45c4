"""The operator's side of billing."""

from billing.admin import (
    accounts,
    addresses,
    bills,
    cases,
    inbox,
    method_events,
    methods,
    payments,
    refunds,
    subscriptions,
    tenants,
)

__all__ = [
    "accounts",
    "addresses",
    "bills",
    "cases",
    "inbox",
    "method_events",
    "methods",
    "payments",
    "refunds",
    "subscriptions",
    "tenants",
]
