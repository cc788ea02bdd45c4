"""The page's world: two subscriptions and two addresses of one account, one tenant, one source system."""

from dataclasses import dataclass

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from billing.models import Account, SourceSystem, Subscription, Tenant
from tests.support.factories import (
    AccountFactory,
    BillingAddressFactory,
    SourceSystemFactory,
    SubscriptionFactory,
    TenantFactory,
    UserFactory,
)


@dataclass
class World:
    tenant: Tenant
    source_system: SourceSystem
    account: Account
    subscription: Subscription
    other_subscription: Subscription

    def headers(self, **change: str | None) -> dict[str, str]:
        """Those of a site; None leaves one out."""
        headers = {
            "Authorization": f"Bearer {token_of('Finance')}",
            "X-SourceSystem": self.source_system.code,
            "X-MediaGroupCode": self.tenant.media_group_code,
            "X-ClientCode": self.tenant.client_code,
            "X-PaperCode": self.tenant.paper_code,
            **{name.replace("_", "-"): value for name, value in change.items()},
        }
        return {name: value for name, value in headers.items() if value is not None}

    def client(self, **change: str | None) -> APIClient:
        return APIClient(headers=self.headers(**change))


def token_of(role: str | None) -> str:
    return str(AccessToken.for_user(UserFactory(role=role)))


def make_world() -> World:
    tenant = TenantFactory(paper_code="DAILY")
    account = AccountFactory(account_number="1859629")
    subscription, other = (
        SubscriptionFactory(account=account, number=number, tenant=tenant) for number in (20, 245316)
    )
    for number in (1859629, 1700202):
        BillingAddressFactory(account=account, number=number)
    return World(tenant, SourceSystemFactory(code="SITE"), account, subscription, other)


@pytest.fixture
def world(db) -> World:
    return make_world()


@pytest.fixture
def site(world) -> APIClient:
    return world.client()
