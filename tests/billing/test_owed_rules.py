"""Rules of what is owed, below any door and against raw SQL; races on live connections."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing import services
from billing.errors import (
    AccountCurrencyChangedError,
    BillCurrencyError,
    BillHasPaymentError,
    SubscriptionAccountChangedError,
)
from billing.models import Account, Bill
from config.kit.lib.errors import ChannelChangedError, InUseError, InvalidValueError
from tests.billing.owed import reserve
from tests.support.factories import (
    AccountFactory,
    BillFactory,
    ChannelFactory,
    SubscriptionFactory,
)


def test_a_bill_has_its_accounts_currency(db):
    subscription = SubscriptionFactory(account=AccountFactory(currency="USD"))
    assert BillFactory(subscription=subscription).currency == "USD"
    with pytest.raises(BillCurrencyError, match="Currency: TRY of Bill: 7 is not USD of Account"):
        BillFactory(subscription=subscription, number=7, currency="TRY")


def test_an_account_has_its_channels_currency_where_it_names_none(db):
    assert AccountFactory(channel=ChannelFactory(default_currency="EUR")).currency == "EUR"


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("TRY", "0"), ("TRY", "-1"), ("TRY", "1.001"), ("JPY", "0.5"), ("KWD", "1.0001"), ("TRY", 0.1)],
)
def test_amounts_that_cannot_be(db, currency, amount):
    subscription = SubscriptionFactory(account=AccountFactory(currency=currency))
    with pytest.raises(InvalidValueError) as caught:
        BillFactory(subscription=subscription, amount=amount)
    assert caught.value.field == "amount"


@pytest.mark.parametrize(("currency", "amount"), [("TRY", "0.01"), ("JPY", "1000.00"), ("KWD", "1.001")])
def test_amounts_of_currencies(db, currency, amount):
    bill = BillFactory(subscription__account__currency=currency, amount=amount)
    bill.refresh_from_db()
    assert bill.amount == Decimal(amount)


def test_a_bill_with_a_payment_keeps_what_was_paid_for(db):
    bill = BillFactory()
    reserve(bill)
    other = SubscriptionFactory(account=bill.subscription.account)
    for fields in ({"amount": "1"}, {"subscription": other}):
        with pytest.raises(BillHasPaymentError):
            services.bills.update(Bill.objects.get(pk=bill.pk), **fields)
    services.bills.update(bill, due_on="2026-12-31", description="Later")
    with pytest.raises(InUseError) as caught:
        services.bills.delete(bill)
    assert caught.value.counts == {"Payments": 1}
    assert (caught.value.code, caught.value.message) == (
        "bill_100_3",
        f"Bill: {bill.number} is in use by Payments (1).",
    )


@pytest.mark.parametrize("change", ["amount = 1", "currency = 'USD'", "subscription_id = %(other)s"])
def test_raw_sql_does_not_change_it_either(db, change):
    bill = BillFactory()
    other = SubscriptionFactory(account=bill.subscription.account)
    reserve(bill)
    with (
        pytest.raises(IntegrityError, match="cannot change its amount"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE billing_bill SET {change}", {"other": other.pk})


def test_raw_sql_makes_no_bill_of_another_currency(db):
    subscription = SubscriptionFactory(account=AccountFactory(currency="USD"))
    fields = {"subscription": subscription, "amount": 1, "issued_on": "2026-01-01", "due_on": "2026-01-01"}
    with pytest.raises(IntegrityError, match="currency of its account"), transaction.atomic():
        Bill.objects.create(number=1, currency="TRY", **fields)
    bill = Bill.objects.create(number=1, currency="USD", **fields)
    with pytest.raises(IntegrityError, match="currency of its account"), transaction.atomic():
        Bill.objects.filter(pk=bill.pk).update(currency="TRY")


def test_an_account_keeps_its_channel_and_with_bills_its_currency(db):
    account = AccountFactory()
    assert services.accounts.update(account, currency="USD").currency == "USD"
    BillFactory(subscription=SubscriptionFactory(account=account))
    with pytest.raises(AccountCurrencyChangedError):
        services.accounts.update(account, currency="EUR")
    with pytest.raises(IntegrityError, match="keeps its currency"), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(currency="EUR")
    account.refresh_from_db()
    with pytest.raises(ChannelChangedError, match="Channel: Other of Account: .* cannot change."):
        services.accounts.update(account, channel=ChannelFactory(name="Other"))


def test_a_subscription_with_bills_keeps_its_account(db):
    subscription = SubscriptionFactory()
    other, third = AccountFactory.create_batch(2)
    assert services.subscriptions.update(subscription, account=other).account == other
    BillFactory(subscription=subscription)
    with pytest.raises(SubscriptionAccountChangedError):
        services.subscriptions.update(subscription, account=third)
    with pytest.raises(IntegrityError, match="keeps its account"), transaction.atomic():
        type(subscription).objects.filter(pk=subscription.pk).update(account=third)


def test_what_is_in_use_is_not_deleted(db):
    bill = BillFactory()
    with pytest.raises(InUseError, match=r"Subscription: \d+ is in use by Bills \(1\)"):
        services.subscriptions.delete(bill.subscription)
    with pytest.raises(InUseError, match=r"Account: .* is in use by Subscriptions \(1\)"):
        services.accounts.delete(bill.subscription.account)
    services.bills.delete(bill)
    services.subscriptions.delete(bill.subscription)
    services.accounts.delete(bill.subscription.account)


@pytest.mark.parametrize("text", ["4111111111111111", "card 4111 1111 1111 1111", "5528-7900-0000-0008"])
def test_card_numbers_are_not_kept(db, text):
    for factory, field in (
        (AccountFactory, "name"),
        (SubscriptionFactory, "name"),
        (BillFactory, "description"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            factory(**{field: text})
        assert caught.value.field == field
        assert "1111" not in caught.value.message


def test_an_old_copy_of_a_bill_does_not_undo_a_payment(shop):
    """Between reading and writing a bill it is paid; what was paid is not written back."""
    old = Bill.objects.get(pk=shop.bills[0].pk)
    shop.charge()
    services.bills.update(old, description="Late note")
    bill = Bill.objects.get(pk=old.pk)
    assert (bill.description, bill.status, bill.paid_amount) == ("Late note", "paid", bill.amount)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def in_between(self, first, second):
        """`first` in an open transaction, then `second` elsewhere, then the commit; the error of `second`."""
        errors = []

        def elsewhere():
            try:
                second()
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        with transaction.atomic():
            first()
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join(1)
            assert thread.is_alive(), "the second one waits for the first"
        thread.join(10)
        return errors[0] if errors else None

    def test_an_amount_does_not_change_while_a_payment_is_put_on_the_bill(self):
        bill = BillFactory()
        copy = Bill.objects.get(pk=bill.pk)
        error = self.in_between(lambda: reserve(bill), lambda: services.bills.update(copy, amount="1"))
        assert isinstance(error, BillHasPaymentError)

    def test_a_currency_does_not_change_while_a_bill_is_added(self):
        subscription = SubscriptionFactory()
        account = Account.objects.get()
        error = self.in_between(
            lambda: BillFactory(subscription=subscription),
            lambda: services.accounts.update(account, currency="USD"),
        )
        assert isinstance(error, AccountCurrencyChangedError)

    def test_a_bill_is_not_added_in_a_currency_that_is_just_left(self):
        subscription = SubscriptionFactory()
        account = Account.objects.get()
        error = self.in_between(
            lambda: services.accounts.update(account, currency="USD"),
            lambda: BillFactory(subscription=subscription),
        )
        assert isinstance(error, BillCurrencyError)
