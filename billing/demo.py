"""Demo data: customers with subscriptions and bills, under the ids that the contracts' samples use."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from billing import services
from billing.models import Account
from payments.models import Channel


def load(demo: dict[str, Any], channel: Channel) -> None:
    """Create the accounts of `demo`. A bill's days are counted from today: old ones would leave every list."""
    for item in demo["accounts"]:
        subscriptions = item.pop("subscriptions")
        account = services.accounts.create(channel=channel, **item)
        for subscription in subscriptions:
            _load_subscription(account, subscription)


def _load_subscription(account: Account, item: dict[str, Any]) -> None:
    today = timezone.localdate()
    bills = item.pop("bills", [])
    subscription = services.subscriptions.create(account=account, **item)
    for bill in bills:
        issued_on = today - timedelta(days=bill.pop("issued_days_ago"))
        due_on = today + timedelta(days=bill.pop("due_in_days"))
        services.bills.create(subscription=subscription, issued_on=issued_on, due_on=due_on, **bill)
