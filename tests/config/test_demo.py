"""The demo data hold the ids that the contracts' printed samples use."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from billing.models import Account, Bill, BillingAddress, PaymentMethod, SourceSystem, Subscription, Tenant
from payments.models import Bank, Channel
from tests.conftest import client_of
from tests.support.database import shared_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _demo(django_db_setup, django_db_blocker):
    with shared_rows(django_db_blocker):
        call_command("load_demo")
        yield


def test_bimetris_subscription_has_its_open_bills():
    bills = Bill.objects.filter(subscription__number=458752, subscription__account__channel__slug="shop")
    assert list(bills.order_by("number").values_list("number", "amount", "currency", "status")) == [
        (54321, Decimal("125.50"), "TRY", "open"),
        (123123, Decimal("89.90"), "TRY", "open"),
    ]


def test_account_84808_is_mary_irwins():
    account = Account.objects.get(account_number="84808")
    assert (account.pk, account.name, account.currency) == (84808, "Mary Irwin", "USD")
    assert Account.objects.create(channel=account.channel, account_number="next", name="Next").pk > 84808
    assert Subscription.objects.filter(account__account_number="84808").exists()


def test_navigas_subscriptions_are_there():
    assert set(Subscription.objects.filter(number__in=(20, 245316)).values_list("status", flat=True)) == {
        "active"
    }
    assert Subscription.objects.filter(number__in=(20, 245316)).count() == 2


def test_it_is_loaded_into_an_empty_database_only():
    call_command("load_demo", only_empty=True)
    assert Account.objects.filter(account_number="84808").count() == 1


def test_account_84808_pays_with_its_own_card():
    method = PaymentMethod.objects.get(account__account_number="84808", external_id="Test123XYZ")
    assert (method.holder_name, method.is_default, method.is_expired) == ("Mary Irwin", True, False)


def test_navigas_addresses_and_tenant_are_there():
    codes = {"media_group_code": "NAVIGA", "client_code": "DEMO", "paper_code": "DAILY"}
    tenant = Tenant.objects.get(**codes)
    assert set(tenant.subscriptions.values_list("number", flat=True)) == {20, 245316}
    accounts = set(tenant.subscriptions.values_list("account", flat=True))
    addresses = BillingAddress.objects.filter(number__in=(1859629, 1700202))
    assert set(addresses.values_list("account", flat=True)) == accounts
    assert addresses.count() == 2
    assert SourceSystem.objects.filter(code="SITE", is_active=True).exists()


def test_the_bank_account_that_omnitron_prints_can_be_added(ada):
    channel = Channel.objects.get(slug="shop")
    sent = {
        "bank": Bank.objects.order_by("pk")[2].pk,  # the third of the demo data: 3 in a fresh database
        "slug": "new_slug",
        "holder_name": "New Holder",
        "iban": "tr00000000000",
        "is_active": True,
        "sort_order": 0,
        "description": "New Bank Account",
        "channel": channel.pk,
    }
    answer = client_of(ada).post("/api/v1/bank_accounts/", sent)
    assert answer.status_code == 201, answer.content
