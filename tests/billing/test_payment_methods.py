"""Rules of payment methods, below any door and against raw SQL; races on live connections."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing import services
from billing.errors import (
    AccountMismatchError,
    InactiveDefaultError,
    MethodRemovedError,
    SubscriptionAccountChangedError,
)
from billing.models import PaymentMethod
from config.kit.lib.errors import InUseError, InvalidValueError
from config.kit.lib.masking import read_masked_card
from tests.support.factories import (
    AccountFactory,
    BillingAddressFactory,
    PaymentMethodFactory,
    SubscriptionFactory,
    TenantFactory,
)

BANK = {"kind": 2, "masked_card": "", "brand": "", "expiry_month": None, "expiry_year": None, "gateway": ""}


def stored(method: PaymentMethod) -> dict:
    """The row as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t) FROM billing_paymentmethod AS t WHERE id = %s", [method.pk])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("4111********1111", "4111********1111"),
        ("XXXXXXXXXXXX1111", "************1111"),
        ("4111 11xx xxxx 1111", "411111******1111"),
        ("41111111••••1111", "411111******1111"),
        ("XXXX1111", "****1111"),
        ("3714-******-*1002", "3714*******1002"),
    ],
)
def test_masks_are_kept_with_the_digits_that_are_visible(sent, kept):
    assert read_masked_card(sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "4111111111111111", "4111-1111-1111-1111", "123234345456", "41111111*1111111", "411111111***1111", "1111",
        "", "****", "4111****1111****1111", "٤١١١********1111", "4111****a***1111", "4111***************************1",
    ],
)  # fmt: skip
def test_what_hides_too_little_is_no_mask(sent):
    with pytest.raises(ValueError, match="not a masked"):
        read_masked_card(sent)


def test_numbers_and_tokens_are_encrypted_and_show_their_last_four(db):
    method = PaymentMethodFactory(
        **BANK, bank_account_number="123456", bank_routing_number="3456324", gateway_token="ASFWE234234"
    )
    row = stored(method)
    assert (row["bank_account_mask"], row["bank_routing_mask"], row["gateway_token_mask"]) == (
        "********3456",
        "********6324",
        "********4234",
    )
    for clear in ("123456", "3456324", "ASFWE234234"):
        assert clear not in str(row)
    method = PaymentMethod.objects.get(pk=method.pk)
    assert (method.bank_account_number, method.gateway_token) == ("123456", "ASFWE234234")


def test_history_holds_no_number_and_no_token(db):
    method = PaymentMethodFactory(**BANK, bank_account_number="123456")
    columns = {field.name for field in method.events.model._meta.get_fields()}
    assert not columns & {"bank_account_number", "bank_routing_number", "gateway_token"}
    assert "bank_account_mask" in columns


def test_a_mask_that_comes_back_changes_nothing_and_none_removes(db):
    method = PaymentMethodFactory(**BANK, bank_account_number="123456", bank_routing_number="3456324")
    services.payment_methods.update(method, bank_account_number="********3456", bank_routing_number=None)
    method = PaymentMethod.objects.get(pk=method.pk)
    assert (method.bank_account_number, method.bank_account_mask) == ("123456", "********3456")
    assert (method.bank_routing_number, method.bank_routing_mask) == (None, "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"masked_card": ""}, "masked_card"),
        ({"masked_card": "4111111111111111"}, "masked_card"),
        ({"expiry_month": 13}, "expiry_month"),
        ({"expiry_month": None}, "expiry_month"),
        ({"expiry_year": 1999}, "expiry_year"),
        ({"expiry_month": None, "expiry_year": None}, "expiry_month"),
        ({"holder_name": "4111 1111 1111 1111"}, "holder_name"),
        ({"external_id": "4111111111111111"}, "external_id"),
        ({"gateway_token": "4111111111111111"}, "gateway_token"),
        ({"gateway_customer_id": "5528790000000008"}, "gateway_customer_id"),
        ({"bank_account_number": "4111111111111111"}, "bank_account_number"),
        ({"bank_routing_number": "4111111111111111"}, "bank_routing_number"),
        ({"bank_name": "4111111111111111"}, "bank_name"),
        ({"gateway": "nobody"}, "gateway"),
        ({"gateway_token": "x" * 513}, "gateway_token"),
        ({**BANK}, "bank_account_number"),
    ],
)
def test_what_cannot_be_is_named(db, fields, field):
    with pytest.raises(InvalidValueError) as caught:
        PaymentMethodFactory(**fields)
    assert caught.value.field == field
    assert "1111" not in caught.value.message


def test_an_expired_card_and_one_of_another_brand_are_stored_and_marked(db):
    method = PaymentMethodFactory(
        masked_card="4111********1111", brand="american_express", expiry_month=6, expiry_year=2012
    )
    method.refresh_from_db()
    assert str(method.expires_on) == "2012-06-30"
    assert method.is_expired
    assert method.brand_fits is False
    assert PaymentMethodFactory(masked_card="XXXXXXXXXXXX1111").brand_fits is None
    assert PaymentMethodFactory(masked_card="4111********1111").brand_fits is True


def test_the_database_keeps_masks_masks(db):
    method = PaymentMethodFactory()
    for change in ({"masked_card": "4111111111111111"}, {"kind": 15}, {"expiry_month": 13}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaymentMethod.objects.filter(pk=method.pk).update(**change)


def test_the_first_method_of_an_account_is_its_own(db):
    account = AccountFactory()
    first, second = PaymentMethodFactory(account=account), PaymentMethodFactory(account=account)
    assert (first.is_default, second.is_default) == (True, False)
    services.payment_methods.update(second, is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    assert not PaymentMethodFactory(is_default=False).is_default
    assert not PaymentMethodFactory(is_active=False).is_default
    assert not PaymentMethodFactory(expiry_month=6, expiry_year=2012).is_default


@pytest.mark.parametrize(
    "fields",
    [
        {**BANK, "bank_account_number": "123456"},
        {"expiry_month": 6, "expiry_year": 2012},
        {"gateway_token": None},
        {"gateway": ""},
        {"kind": 5},
    ],
)
def test_the_accounts_own_method_is_one_that_can_be_charged(db, fields):
    account = AccountFactory()
    first = PaymentMethodFactory(account=account, **fields)
    wished = PaymentMethodFactory(account=account, is_preferred=True, **fields)
    assert (first.is_default, wished.is_default) == (False, False)
    with pytest.raises(InactiveDefaultError, match="cannot be charged"):
        services.payment_methods.update(first, is_default=True)
    assert PaymentMethodFactory(account=account).is_default


def test_a_default_that_cannot_be_a_card_is_refused_by_the_database(db):
    method = PaymentMethodFactory()
    with pytest.raises(IntegrityError, match="default_method_is_card"), transaction.atomic():
        PaymentMethod.objects.filter(pk=method.pk).update(kind=3)


def test_a_method_of_nobody_is_given_an_account_once(db):
    method = PaymentMethodFactory(account=None, is_preferred=True)
    assert not method.is_default
    account = AccountFactory()
    other = PaymentMethodFactory(account=account)
    services.payment_methods.update(method, account=account)
    other.refresh_from_db()
    assert (method.is_default, other.is_default) == (True, False)
    for taken in (None, AccountFactory()):
        with pytest.raises(AccountMismatchError):
            services.payment_methods.update(PaymentMethod.objects.get(pk=method.pk), account=taken)
        with pytest.raises(DatabaseError), transaction.atomic():
            PaymentMethod.objects.filter(pk=method.pk).update(account=taken)


def test_a_removed_method_loses_its_secrets_and_stays_removed(db):
    method = PaymentMethodFactory(gateway_token="ASFWE234234")
    services.payment_methods.remove(method)
    row = stored(method)
    assert (row["gateway_token"], row["gateway_token_mask"]) == (None, "********4234")
    assert (row["is_active"], row["is_default"]) == (False, False)
    for change in ({"is_active": True}, {"gateway_token": "again"}, {"holder_name": "Bob"}):
        with pytest.raises(MethodRemovedError):
            services.payment_methods.update(PaymentMethod.objects.get(pk=method.pk), **change)
    with pytest.raises(IntegrityError, match="paymentmethod_removed"), transaction.atomic():
        PaymentMethod.objects.filter(pk=method.pk).update(is_active=True)


def test_a_method_that_is_switched_off_is_not_the_accounts_own(db):
    method = PaymentMethodFactory()
    services.payment_methods.update(method, is_active=False)
    assert not method.is_default
    with pytest.raises(InactiveDefaultError):
        services.payment_methods.update(method, is_default=True)
    with pytest.raises(IntegrityError, match="default_method_is_active"), transaction.atomic():
        PaymentMethod.objects.filter(pk=method.pk).update(is_default=True)


def test_an_account_has_one_own_method_whatever_code_writes(db):
    account = AccountFactory()
    PaymentMethodFactory(account=account)
    second = PaymentMethodFactory(account=account)
    with pytest.raises(IntegrityError, match="one_default_method"), transaction.atomic():
        PaymentMethod.objects.filter(pk=second.pk).update(is_default=True)


def test_what_a_method_points_at_is_of_its_account(db):
    method, other = PaymentMethodFactory(), BillingAddressFactory()
    for fields in (
        {"account": other.account},
        {"billing_address": other},
        {"subscription": SubscriptionFactory()},
    ):
        with pytest.raises(AccountMismatchError):
            services.payment_methods.update(PaymentMethod.objects.get(pk=method.pk), **fields)
    with pytest.raises(IntegrityError, match="of_account"), transaction.atomic():
        PaymentMethod.objects.filter(pk=method.pk).update(billing_address=other)


def test_a_subscription_with_methods_keeps_its_account_and_an_address_always(db):
    subscription = SubscriptionFactory()
    PaymentMethodFactory(account=subscription.account, subscription=subscription)
    with pytest.raises(SubscriptionAccountChangedError, match="payment methods"):
        services.subscriptions.update(subscription, account=AccountFactory())
    with pytest.raises(AccountMismatchError, match="BillingAddress: 7 cannot change"):
        services.billing_addresses.update(BillingAddressFactory(number=7), account=AccountFactory())


def test_an_address_in_use_is_not_deleted(db):
    address = BillingAddressFactory(number=7)
    PaymentMethodFactory(account=address.account, billing_address=address)
    with pytest.raises(InUseError, match=r"BillingAddress: 7 is in use by Payment methods \(1\)"):
        services.billing_addresses.delete(address)


@pytest.mark.parametrize("configuration", ["text", [], {"payment_gateway": "nobody"}, {"payment_gateway": 1}])
def test_a_configuration_that_cannot_be_read_is_refused(db, configuration):
    with pytest.raises(InvalidValueError):
        TenantFactory(configuration=configuration)
    assert TenantFactory(configuration=None).configuration is None
    assert TenantFactory(configuration={}).configuration == {}


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def together(self, *calls):
        barrier, errors = threading.Barrier(len(calls)), []

        def run(call):
            try:
                barrier.wait(10)
                call()
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return errors

    def test_of_many_first_methods_one_is_the_accounts_own(self):
        account = AccountFactory()
        calls = [lambda: PaymentMethodFactory(account=account)] * 6
        assert self.together(*calls) == []
        assert PaymentMethod.objects.filter(account=account, is_default=True).count() == 1
        assert PaymentMethod.objects.filter(account=account).count() == 6

    def test_many_who_choose_another_own_method_leave_one(self):
        account = AccountFactory()
        methods = PaymentMethodFactory.create_batch(4, account=account)
        calls = [
            lambda key=method.pk: services.payment_methods.update(
                PaymentMethod.objects.get(pk=key), is_default=True
            )
            for method in methods
        ] * 3
        assert self.together(*calls) == []
        assert PaymentMethod.objects.filter(account=account, is_default=True).count() == 1

    def test_without_the_lock_two_first_methods_would_both_be_it(self):
        """The control: the index alone lets one of them fail."""
        account = AccountFactory()
        fields = {"account": account, "kind": 1, "holder_name": "A", "is_default": True}
        errors = self.together(*[lambda: PaymentMethod.objects.create(**fields)] * 4)
        assert len(errors) == 3
        assert all(isinstance(error, IntegrityError) for error in errors)
