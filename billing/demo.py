"""Demo data: accounts with subscriptions and bills, with the ids of the contracts' samples."""

from datetime import timedelta
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from billing import services
from billing.models import Account, ExchangeRate, Tenant
from config.kit.lib import days
from payments.models import Channel


def load(demo: dict[str, Any], channel: Channel) -> None:
    """Create the accounts of `demo`. Dates are relative to today."""
    for item in demo["exchange_rates"]:
        ExchangeRate.objects.create(valid_from=days.today(), **item)
    tenants = {item["paper_code"]: services.tenants.create(**item) for item in demo["tenants"]}
    for item in demo["source_systems"]:
        services.source_systems.create(**item)
    for item in demo["accounts"]:
        rows = {
            name: item.pop(name, []) for name in ("subscriptions", "billing_addresses", "payment_methods")
        }
        account = services.accounts.create(channel=channel, **item)
        if "id" in item:
            _advance_sequence(Account)
        for subscription in rows["subscriptions"]:
            _load_subscription(account, subscription, tenants)
        for address in rows["billing_addresses"]:
            services.billing_addresses.create(account=account, **address)
        for method in rows["payment_methods"]:
            year = days.today().year + method.pop("years_left")
            services.payment_methods.create(account=account, expiry_year=year, **method)


def _load_subscription(account: Account, item: dict[str, Any], tenants: dict[str, Tenant]) -> None:
    today = days.today()
    bills, tenant = item.pop("bills", []), tenants.get(item.pop("tenant", ""))
    subscription = services.subscriptions.create(account=account, tenant=tenant, **item)
    for bill in bills:
        issued_on = today - timedelta(days=bill.pop("issued_days_ago"))
        due_on = today + timedelta(days=bill.pop("due_in_days"))
        services.bills.create(subscription=subscription, issued_on=issued_on, due_on=due_on, **bill)


def _advance_sequence(model: type[Model]) -> None:
    """Continue the sequence after a row that was created with a given key."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
