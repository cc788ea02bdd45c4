"""The operator's side of billing."""

from billing.admin import (
    accounts,
    addresses,
    api_clients,
    bills,
    breakers,
    cases,
    exchange_rates,
    hub,
    inbox,
    method_events,
    methods,
    payments,
    refunds,
    settlements,
    subscriptions,
    tenants,
)

__all__ = [
    "accounts",
    "addresses",
    "api_clients",
    "bills",
    "breakers",
    "cases",
    "exchange_rates",
    "hub",
    "inbox",
    "method_events",
    "methods",
    "payments",
    "refunds",
    "settlements",
    "subscriptions",
    "tenants",
]
