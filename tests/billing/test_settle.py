"""Settling by hand what a bank keeps silent about: NestPay whose answers and questions all get lost."""

from decimal import Decimal

import pytest

from billing.attempts.cases import close_case
from billing.errors import CaseClosedError, OutcomeKnownError
from billing.models import BillStatus, Case
from billing.services.refund import refund_payment
from billing.services.settle import settle_payment, settle_refund
from billing.states import PaymentState, RefundState
from config.kit.lib.errors import InvalidValueError
from tests.billing.test_banks import bank, charge, shop_at  # noqa: F401 the simulator

TOTAL = Decimal("215.40")


@pytest.fixture
def shop(transactional_db, bank, settings):  # noqa: F811
    bank.reset()
    settings.IN_FLIGHT_SECONDS = 0
    settings.GATEWAY_TIMEOUT_SECONDS = 2
    return shop_at("nestpay", bank)


@pytest.fixture
def in_doubt(shop):
    shop.bank.fault("drop_after", operation="sale")
    shop.bank.fault("drop_before", operation="status")
    payment = charge(shop).payment
    assert payment.state == PaymentState.UNKNOWN
    return payment


def bill_statuses(shop) -> set[str]:
    for bill in shop.bills:
        bill.refresh_from_db()
    return {bill.status for bill in shop.bills}


def test_what_the_bank_took_pays_the_bills(shop, in_doubt, ada):
    settled = settle_payment(
        in_doubt, was_taken=True, reason="By telephone", user_id=ada.pk, bank_reference="REF-1"
    )
    assert (settled.state, settled.captured_amount, settled.host_reference) == (
        PaymentState.CAPTURED,
        TOTAL,
        "REF-1",
    )
    assert settled.next_check_at is None
    assert bill_statuses(shop) == {BillStatus.PAID}
    decided = settled.attempts.get(operation="person")
    assert (decided.requested_by, decided.outcome, decided.details["note"]) == (
        ada,
        "approved",
        "By telephone",
    )


def test_what_the_bank_did_not_take_frees_the_bills(shop, in_doubt, ada):
    settled = settle_payment(in_doubt, was_taken=False, reason="In the portal", user_id=ada.pk)
    assert (settled.state, settled.captured_amount) == (PaymentState.FAILED, 0)
    assert settled.next_check_at is not None  # a person may be wrong: the bank is queried again later
    assert not settled.ledger.exists()
    shop.bank.reset()
    assert charge(shop).payment.state == PaymentState.CAPTURED


def test_nobody_settles_while_the_bank_may_still_book_it(in_doubt, ada, settings):
    settings.IN_FLIGHT_SECONDS = 60
    with pytest.raises(OutcomeKnownError):
        settle_payment(in_doubt, was_taken=False, reason="Too early", user_id=ada.pk)
    in_doubt.refresh_from_db()
    assert in_doubt.state == PaymentState.UNKNOWN


def test_nobody_settles_twice(in_doubt, ada):
    settle_payment(in_doubt, was_taken=True, reason="By telephone", user_id=ada.pk)
    with pytest.raises(OutcomeKnownError):
        settle_payment(in_doubt, was_taken=False, reason="By telephone", user_id=ada.pk)
    assert in_doubt.ledger.count() == 1


@pytest.mark.parametrize(("was_made", "state", "refunded"), [(True, "done", TOTAL), (False, "declined", 0)])
def test_a_refund_in_doubt_is_settled(shop, ada, was_made, state, refunded):
    payment = charge(shop).payment
    shop.bank.settle()
    shop.bank.fault("drop_after", operation="refund")
    shop.bank.fault("drop_before", operation="status")
    refund = refund_payment(payment, amount=None, reason="Wrong", user_id=ada.pk)
    assert refund.state == RefundState.UNKNOWN
    settled = settle_refund(
        refund, was_made=was_made, reason="By telephone", user_id=ada.pk, bank_reference="R-2"
    )
    assert settled.attempts.get(operation="person").details["note"] == "By telephone · R-2"
    payment.refresh_from_db()
    assert (settled.state, payment.refunded_amount, payment.reserved_amount) == (state, refunded, 0)
    assert (payment.next_check_at is None) is was_made
    with pytest.raises(OutcomeKnownError):
        settle_refund(settled, was_made=True, reason="Again", user_id=ada.pk)


def test_a_reason_with_a_card_number_is_refused(in_doubt, ada):
    with pytest.raises(InvalidValueError):
        settle_payment(in_doubt, was_taken=True, reason="card 4111 1111 1111 1111", user_id=ada.pk)
    assert not in_doubt.attempts.filter(operation__in=["person", "status"]).exists()


def test_a_case_is_closed_once(in_doubt, ada):
    case = Case.objects.create(payment=in_doubt, summary="Asked 7 times.")
    close_case(case, resolution="Done", user_id=ada.pk)
    with pytest.raises(CaseClosedError):
        close_case(case, resolution="Done again", user_id=ada.pk)
