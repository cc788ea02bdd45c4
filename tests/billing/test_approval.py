"""Limits that take two people: cumulative, in every currency, for refunds and for what is settled by hand."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from billing.errors import SecondPersonError
from billing.models import ExchangeRate, Refund, Settlement, SettlementState
from billing.services.refund import approve, refund_payment
from billing.services.settle import approve_settlement, reject_settlement, settle_payment
from billing.states import PaymentState, RefundState
from payments import services as payments_services
from payments.models import Channel
from tests.billing.conftest import make_shop
from tests.billing.test_banks import bank, charge, shop_at  # noqa: F401 the simulator


@pytest.fixture
def paid(shop):
    payments_services.channels.update(shop.channel, conf={"refund_limit": "50"})
    payment = shop.charge().payment
    assert payment.state == PaymentState.CAPTURED
    payment.channel.refresh_from_db()
    return payment


def refund(payment, amount, user=None) -> Refund:
    return refund_payment(payment, amount=Decimal(amount), reason="x", user_id=user and user.pk)


def test_parts_of_a_refund_add_up(paid, finn):
    states = [refund(paid, "20", finn).state for _ in range(4)]
    assert states == [RefundState.DONE, RefundState.DONE, RefundState.WAITING, RefundState.WAITING]
    paid.refresh_from_db()
    assert paid.refunded_amount == 40


def test_payments_of_one_account_add_up_for_a_day(shop, finn):
    payments_services.channels.update(shop.channel, conf={"refund_limit": "50"})
    first = shop.charge(bill_numbers=[54321]).payment
    second = shop.charge(bill_numbers=[54322]).payment
    assert refund(first, "40", finn).state == RefundState.DONE
    assert refund(second, "40", finn).state == RefundState.WAITING


def test_what_a_second_person_approved_does_not_count(paid, finn, ada):
    waiting = refund(paid, "100", finn)
    assert approve(waiting, user_id=ada.pk).state == RefundState.DONE
    assert refund(paid, "40", finn).state == RefundState.DONE


def test_without_a_limit_of_its_own_a_channel_has_the_default(shop, finn, settings):
    settings.REFUND_LIMIT = Decimal(10)
    assert refund(shop.charge().payment, "11", finn).state == RefundState.WAITING


@pytest.mark.parametrize("limit", ["many", "NaN", "Infinity", None, [], {}])
def test_a_limit_that_is_no_number_lets_nothing_through(paid, limit, finn):
    """The form and the API refuse it; an old row, or one that was changed by SQL, may have it."""
    Channel.objects.filter(pk=paid.channel_id).update(conf={"refund_limit": limit})
    paid.refresh_from_db()
    assert refund(paid, "0.01", finn).state == RefundState.WAITING


def test_parallel_requests_count_each_other(paid, finn):
    barrier, states = threading.Barrier(3), []

    def clerk():
        barrier.wait(10)
        try:
            states.append(refund(paid, "30", finn).state)
        except Exception as error:
            states.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=clerk) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert states.count(RefundState.DONE) == 1
    assert set(states) <= {RefundState.DONE, RefundState.WAITING, "RefundInProgressError"}


# --- currencies ---------------------------------------------------------------------------------------------------


@pytest.fixture
def dollars(transactional_db):
    shop = make_shop()
    payments_services.channels.update(shop.channel, default_currency="TRY", conf={"refund_limit": "1000"})
    payment = shop.charge().payment
    with connection.cursor() as cursor:
        for table in ("account", "bill", "payment", "ledgerentry"):
            cursor.execute(f"ALTER TABLE billing_{table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE billing_{table} SET currency = 'USD'")
            cursor.execute(f"ALTER TABLE billing_{table} ENABLE TRIGGER USER")
    payment.refresh_from_db()
    return payment


def test_another_currency_without_a_rate_needs_a_second_person(dollars, finn):
    assert refund(dollars, "1", finn).state == RefundState.WAITING


@pytest.mark.parametrize(
    ("currency", "into", "rate"), [("USD", "TRY", "40"), ("TRY", "USD", "0.025")], ids=["rate", "inverse"]
)
def test_another_currency_is_converted(dollars, finn, currency, into, rate):
    ExchangeRate.objects.create(
        currency=currency, into=into, rate=Decimal(rate), valid_from=date(2026, 1, 1), created_by=finn
    )
    assert refund(dollars, "26", finn).state == RefundState.WAITING  # 1,040 TRY
    assert refund(dollars, "24", finn).state == RefundState.DONE  # 960 TRY


def test_a_rate_of_tomorrow_does_not_count(dollars, finn):
    ExchangeRate.objects.create(
        currency="USD", into="TRY", rate=Decimal(1), valid_from=date(2099, 1, 1), created_by=finn
    )
    assert refund(dollars, "1", finn).state == RefundState.WAITING


# --- settling by hand -----------------------------------------------------------------------------------------------


@pytest.fixture
def silent(transactional_db, bank, settings):  # noqa: F811
    """NestPay, whose answers and status queries all get lost."""
    bank.reset()
    settings.IN_FLIGHT_SECONDS, settings.GATEWAY_TIMEOUT_SECONDS = 0, 2
    shop = shop_at("nestpay", bank)
    bank.fault("drop_after", operation="sale")
    bank.fault("drop_before", operation="status")
    return shop


@pytest.fixture
def large(silent, settings):
    settings.REFUND_LIMIT = Decimal(100)
    payment = charge(silent).payment
    assert payment.state == PaymentState.UNKNOWN
    return payment


def test_one_person_alone_does_not_settle_above_the_limit(large, finn, ada):
    settle_payment(large, was_taken=True, reason="By telephone", user_id=finn.pk, bank_reference="R-1")
    large.refresh_from_db()
    assert large.state == PaymentState.UNKNOWN
    waiting = Settlement.objects.get()
    with pytest.raises(SecondPersonError):
        approve_settlement(waiting, user_id=finn.pk)
    assert approve_settlement(waiting, user_id=ada.pk, note="Seen").state == SettlementState.DONE
    large.refresh_from_db()
    assert (large.state, large.host_reference) == (PaymentState.CAPTURED, "R-1")
    decided = large.attempts.get(operation="person")
    assert decided.requested_by == finn


def test_a_rejected_settlement_books_nothing(large, finn, ada):
    settle_payment(large, was_taken=True, reason="By telephone", user_id=finn.pk)
    reject_settlement(Settlement.objects.get(), user_id=ada.pk, note="Not on the statement")
    large.refresh_from_db()
    assert large.state == PaymentState.UNKNOWN


def test_the_second_persons_approval_is_too_late_where_the_bank_has_answered(large, finn, ada, silent):
    from billing.errors import OutcomeKnownError

    settle_payment(large, was_taken=False, reason="By telephone", user_id=finn.pk)
    silent.bank.control("faults", method="DELETE")
    with pytest.raises(OutcomeKnownError):
        approve_settlement(Settlement.objects.get(), user_id=ada.pk)
    large.refresh_from_db()
    assert large.state == PaymentState.CAPTURED
    assert Settlement.objects.get().state == SettlementState.OBSOLETE


def test_the_desk_shows_who_waits_and_lets_another_user_approve(large, finn, ada, browser):
    settle_payment(large, was_taken=True, reason="By telephone", user_id=finn.pk)
    waiting = Settlement.objects.get()
    url = f"/admin/billing/settlement/{waiting.pk}/change/"
    page = browser(ada).get(url).content.decode()
    assert f"/admin/billing/settlement/{waiting.pk}/approve" in page
    assert f"/admin/billing/settlement/{waiting.pk}/approve" not in browser(finn).get(url).content.decode()
