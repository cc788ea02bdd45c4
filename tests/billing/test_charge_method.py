"""Taking a payment with a stored method: on which POS, with every guarantee of a charge, and what is never tried."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from billing import services
from billing.errors import (
    BillPaymentInProgressError,
    MethodExpiredError,
    MethodNotChargeableError,
    NoDefaultMethodError,
    NoRouteError,
)
from billing.models import BillStatus, MethodKind, Payment
from billing.services import reconcile
from billing.services.charge import charge, take_payment
from billing.services.payment_request import PaymentRequest, request_for_bills
from billing.services.refund import refund_payment
from billing.states import PaymentState
from payments import services as payments_services
from payments.gateways.types import Payer
from tests.billing.test_charge import statuses
from tests.support.dump import everything
from tests.support.factories import GPAY, NESTPAY, PaymentMethodFactory, PosFactory

TOTAL = Decimal("215.40")
NESTPAY_CONFIG = {"username": "u", "client_id": "c", "store_key": "s", "password": "p"}
GPAY_CONFIG = {
    "auth": {
        "password": "1",
        "merchant_id": "1",
        "terminal_id": "1",
        "prov_username": {"oos": "1", "refund": "1"},
    },
    "version": "1",
    "store_key": "1",
    "refund_url": "https://example.com",
    "company_name": "A",
    "timeout_period": 300,
}


def pay(shop, **change) -> Payment:
    numbers = [bill.number for bill in shop.bills]
    return take_payment(
        request_for_bills(**{"subscription": shop.subscription, "bill_numbers": numbers, **change})
    ).payment


def amount_request(method, amount=TOTAL, currency="TRY") -> PaymentRequest:
    return PaymentRequest(account=method.account, amount=amount, currency=currency, instrument=method)


@pytest.fixture
def method(shop):
    return PaymentMethodFactory(account=shop.subscription.account, gateway_token="tok_of_mary_irwin")


def test_the_accounts_own_method_pays_the_bills(shop, method):
    PaymentMethodFactory(account=method.account, masked_card="411111******1012")
    payment = pay(shop, payer=Payer(ip="127.0.0.1"), source="bimetri")
    assert payment.state == PaymentState.CAPTURED
    assert (payment.payment_method, payment.masked_card, payment.pos) == (
        method,
        "411111******1111",
        shop.pos,
    )
    assert payment.captured_amount == payment.allocated_amount == TOTAL
    assert statuses(shop) == [BillStatus.PAID, BillStatus.PAID]
    assert [attempt.outcome for attempt in payment.attempts.all()] == ["approved"]


def test_the_token_is_in_clear_nowhere(shop, method):
    pay(shop)
    assert "tok_of_mary_irwin" not in everything()
    assert "tok_of_mary_irwin" not in repr(amount_request(method))


def test_the_pos_is_the_channels_on_the_methods_gateway(shop, method):
    """The card's route leads to another gateway: the token is known to one of them only."""
    other = PosFactory(channel=shop.channel)
    shop.pos.refresh_from_db()
    payments_services.pos.update(shop.pos, gateway=NESTPAY, config=NESTPAY_CONFIG)
    payment = pay(shop)
    assert payment.pos == other
    assert "dummypay" in payment.route_reason


def test_of_several_pos_the_cards_own_route_decides(shop, method):
    PosFactory.create_batch(2, channel=shop.channel)
    assert pay(shop).pos == shop.pos


def test_installments_cost_their_interest(shop, method):
    payment = pay(shop, installments=3)
    assert (payment.amount, payment.fee_amount, payment.installments) == (
        Decimal("219.71"),
        Decimal("4.31"),
        3,
    )
    assert payment.allocated_amount == TOTAL


def test_an_amount_without_bills_stays_unallocated(shop, method):
    payment = charge(amount_request(method, Decimal("10.00"))).payment
    assert (payment.captured_amount, payment.allocated_amount) == (Decimal(10), 0)
    assert payment.subscription is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"expiry_year": 2020}, MethodExpiredError),
        ({"kind": MethodKind.BANK_ACCOUNT, "bank_account_number": "123456"}, MethodNotChargeableError),
        ({"kind": MethodKind.PAYPAL}, MethodNotChargeableError),
        ({"gateway_token": None}, MethodNotChargeableError),
        ({"gateway": ""}, MethodNotChargeableError),
        ({"gateway": "nestpay"}, MethodNotChargeableError),  # the channel has no such POS
        ({"gateway": "gpay"}, MethodNotChargeableError),  # a POS on it can be stored, not charged
    ],
)
def test_what_cannot_be_charged_is_told_before_anything_is_tried(shop, method, change, error):
    PosFactory(channel=shop.channel, gateway=GPAY, config=GPAY_CONFIG)
    services.payment_methods.update(method, **change)
    with pytest.raises(error):
        take_payment(amount_request(method))
    assert not Payment.objects.exists()
    assert statuses(shop) == [BillStatus.OPEN, BillStatus.OPEN]


def test_a_gateway_without_the_capability_is_not_asked(shop, method):
    PosFactory(channel=shop.channel, gateway=NESTPAY, config=NESTPAY_CONFIG)
    services.payment_methods.update(method, gateway="nestpay")
    with pytest.raises(MethodNotChargeableError, match="Nestpay cannot charge"):
        pay(shop)
    assert not Payment.objects.exists()


def test_a_currency_that_the_gateway_does_not_take_is_not_tried(shop, method):
    with pytest.raises(MethodNotChargeableError):
        charge(amount_request(method, Decimal(100), "JPY"))
    assert not Payment.objects.exists()


def test_a_method_that_is_switched_off_is_not_charged(shop, method):
    services.payment_methods.update(method, is_active=False)
    with pytest.raises(NoDefaultMethodError):
        pay(shop)
    with pytest.raises(MethodNotChargeableError):
        charge(amount_request(method))


def test_installments_that_the_card_does_not_offer(shop, method):
    with pytest.raises(NoRouteError):
        pay(shop, installments=7)


@pytest.mark.parametrize(
    ("mask", "state"),
    [
        ("411111******1012", PaymentState.DECLINED),
        ("411111******1020", PaymentState.DECLINED),
        ("411111******1079", PaymentState.FAILED),
    ],
)
def test_a_refusal_frees_the_bills(shop, method, mask, state):
    services.payment_methods.update(method, masked_card=mask)
    assert pay(shop).state == state
    assert statuses(shop) == [BillStatus.OPEN, BillStatus.OPEN]


def test_doubt_reserves_the_bills_until_the_bank_has_told(shop, method, settings):
    services.payment_methods.update(method, masked_card="411111******1046")
    payment = pay(shop)
    assert payment.state == PaymentState.UNKNOWN
    with pytest.raises(BillPaymentInProgressError):
        pay(shop)
    settings.IN_FLIGHT_SECONDS = 0
    reconcile.query_status(payment)
    assert payment.state == PaymentState.CAPTURED
    assert statuses(shop) == [BillStatus.PAID, BillStatus.PAID]


def test_it_is_refunded_as_any_other(shop, method):
    payment = pay(shop)
    refund_payment(payment, amount=None, reason="all of it", user_id=None)
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert statuses(shop) == [BillStatus.OPEN, BillStatus.OPEN]


def test_a_payment_keeps_its_method(shop, method):
    payment, other = pay(shop), PaymentMethodFactory(account=method.account)
    with pytest.raises(Exception, match="Cannot update rows"):
        Payment.objects.filter(pk=payment.pk).update(payment_method=other)


def test_of_many_at_a_time_one_pays(shop, method):
    barrier, outcomes = threading.Barrier(4), []

    def run():
        barrier.wait(10)
        try:
            outcomes.append(pay(shop).state)
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count(PaymentState.CAPTURED) == 1
    assert Payment.objects.count() == 1
    assert set(outcomes) <= {PaymentState.CAPTURED, "BillPaymentInProgressError", "BillAlreadyPaidError"}
