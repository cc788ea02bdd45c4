"""Taking a payment on dummypay: every outcome, and what it does to bills and books."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.errors import (
    BillAlreadyPaidError,
    BillNotFoundError,
    BillPaymentInProgressError,
    NoRouteError,
    RefundExceedsError,
)
from billing.models import Allocation, BillStatus, LedgerEntry, Payment
from billing.services import reconcile
from billing.services.refund import refund_payment
from billing.states import PaymentState
from tests.support.dump import everything

TOTAL = Decimal("215.40")


def statuses(shop) -> list[str]:
    for bill in shop.bills:
        bill.refresh_from_db()
    return [bill.status for bill in shop.bills]


def test_a_good_card_pays_the_bills(shop):
    payment = shop.charge().payment
    assert payment.state == PaymentState.CAPTURED
    assert payment.captured_amount == payment.allocated_amount == TOTAL
    assert payment.masked_card == "411111******1111"
    assert payment.host_reference
    assert statuses(shop) == [BillStatus.PAID, BillStatus.PAID]
    assert [(entry.kind, entry.amount) for entry in payment.ledger.all()] == [("capture", TOTAL)]
    assert [attempt.outcome for attempt in payment.attempts.all()] == ["approved"]


@pytest.mark.parametrize(
    ("number", "state", "reason"),
    [
        ("4111111111111012", PaymentState.DECLINED, "refused"),
        ("4111111111111020", PaymentState.DECLINED, "insufficient_funds"),
        ("4111111111111079", PaymentState.FAILED, "not_reached"),
    ],
)
def test_a_refusal_frees_the_bills(shop, number, state, reason):
    payment = shop.charge(number).payment
    assert (payment.state, payment.reason) == (state, reason)
    assert statuses(shop) == [BillStatus.OPEN, BillStatus.OPEN]
    assert shop.charge().payment.state == PaymentState.CAPTURED


@pytest.mark.parametrize(
    ("number", "after"),
    [("4111111111111046", PaymentState.CAPTURED), ("4111111111111053", PaymentState.FAILED)],
)
def test_doubt_reserves_the_bills_until_the_bank_has_told(shop, number, after, settings):
    payment = shop.charge(number).payment
    assert payment.state == PaymentState.UNKNOWN
    with pytest.raises(BillPaymentInProgressError):
        shop.charge()
    settings.IN_FLIGHT_SECONDS = 0
    reconcile.query_status(payment)
    assert payment.state == after
    assert (payment.next_check_at is None) is (
        after == PaymentState.CAPTURED
    )  # not found: queried again later
    assert statuses(shop)[0] == (BillStatus.PAID if after == PaymentState.CAPTURED else BillStatus.OPEN)


def test_not_found_proves_nothing_while_a_request_may_be_under_way(shop):
    payment = shop.charge("4111111111111053").payment
    reconcile.query_status(payment)
    assert payment.state == PaymentState.UNKNOWN
    assert payment.next_check_at is not None


def test_a_paid_bill_is_not_paid_again(shop):
    shop.charge()
    with pytest.raises(BillAlreadyPaidError):
        shop.charge()
    assert Payment.objects.count() == 1


def test_it_refuses_what_it_cannot_route(shop):
    with pytest.raises(NoRouteError):
        shop.charge("5555555555554444")
    with pytest.raises(NoRouteError):
        shop.charge(installments=7)
    with pytest.raises(BillNotFoundError):
        shop.charge(bill_numbers=[1])
    assert not Payment.objects.exists()


def test_installments_cost_their_interest_which_is_no_bills(shop):
    payment = shop.charge(installments=3).payment
    assert payment.amount == Decimal("219.71")
    assert payment.fee_amount == Decimal("4.31")
    assert payment.captured_amount == Decimal("219.71")
    assert payment.allocated_amount == TOTAL


def test_a_refund_opens_the_bills_by_as_much(shop):
    payment = shop.charge().payment
    refund = refund_payment(payment, amount=Decimal("100.00"), reason="wrong bill", user_id=None)
    payment.refresh_from_db()
    assert refund.state == "done"
    assert payment.state == PaymentState.PARTIALLY_REFUNDED
    assert payment.refunded_amount == Decimal(100)
    assert payment.allocated_amount == Decimal("115.40")
    assert statuses(shop) == [BillStatus.OPEN, BillStatus.OPEN]
    refund_payment(payment, amount=None, reason="all of it", user_id=None)
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert payment.allocated_amount == 0
    assert sum(entry.amount for entry in LedgerEntry.objects.exclude(kind="capture")) == TOTAL
    assert sum(part.amount for part in Allocation.objects.all()) == 0


def test_no_card_number_is_anywhere(shop):
    shop.charge()
    assert "4111111111111111" not in everything()
    assert "411111******1111" in everything()


def test_a_charge_takes_a_fixed_number_of_statements(shop):
    with CaptureQueriesContext(connection) as captured:
        shop.charge()
    assert len(captured) <= 40, [query["sql"][:80] for query in captured]


def test_all_that_is_left_is_nothing_while_another_refund_has_it(shop, ada):
    shop.channel.conf = {"refund_limit": 1}
    shop.channel.save()
    payment = shop.charge().payment
    refund_payment(payment, amount=None, reason="Waits for a second person", user_id=ada.pk)
    payment.refresh_from_db()
    with pytest.raises(RefundExceedsError):
        refund_payment(payment, amount=None, reason="All of it again", user_id=ada.pk)
    assert payment.refunds.count() == 1
