"""The full matrix of moves, and rules that no raw SQL gets past."""

import itertools
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from billing.models import Payment, PaymentBill, Refund
from billing.states import (
    CAPTURED_STATES,
    OPEN_STATES,
    PAYMENT_MOVES,
    REFUND_MOVES,
    PaymentState,
    RefundState,
)


def execute(sql, *parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def force(table: str, key: int, state: str) -> None:
    """Put a row into a state, past the triggers, so that a move from it can be tried."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, key])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def try_move(table: str, key: int, state: str) -> None:
    """Move a row by SQL and take it back: what is checked at the commit is not meant here."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, key])
        transaction.set_rollback(True)


@pytest.fixture
def payment(shop) -> Payment:
    return shop.charge("4111111111111046").payment  # in doubt: nothing captured


def test_every_move_of_a_payment_is_allowed_or_refused_by_the_database(payment):
    for source, target in itertools.permutations(PaymentState, 2):
        force("billing_payment", payment.pk, source)
        if target in PAYMENT_MOVES[source]:
            try_move("billing_payment", payment.pk, target)
        else:
            with pytest.raises(DatabaseError):
                try_move("billing_payment", payment.pk, target)


def test_every_move_of_a_refund_is_allowed_or_refused_by_the_database(shop):
    paid = shop.charge().payment
    refund = Refund.objects.create(
        payment=paid, kind="refund", amount=Decimal(10), reason="x", state="waiting"
    )
    for source, target in itertools.permutations(RefundState, 2):
        Refund.objects.filter(pk=refund.pk).update(send_after=timezone.now())
        with connection.cursor() as cursor:  # declining and rejecting free the reserve each time
            cursor.execute("ALTER TABLE billing_payment DISABLE TRIGGER USER")
            cursor.execute("UPDATE billing_payment SET reserved_amount = 10")
            cursor.execute("ALTER TABLE billing_payment ENABLE TRIGGER USER")
        force("billing_refund", refund.pk, source)
        if target in REFUND_MOVES[source]:
            try_move("billing_refund", refund.pk, target)
        else:
            with pytest.raises(DatabaseError):
                try_move("billing_refund", refund.pk, target)


def test_bills_are_reserved_in_open_states_only(payment):
    for source, targets in PAYMENT_MOVES.items():
        for target in targets:
            force("billing_payment", payment.pk, source)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE billing_payment SET state = %s WHERE id = %s", [target, payment.pk])
                reserved = set(PaymentBill.objects.filter(payment=payment).values_list("is_open", flat=True))
                assert reserved == {target in OPEN_STATES}
                transaction.set_rollback(True)


LEDGER = (
    "INSERT INTO billing_ledgerentry (payment_id, kind, amount, currency, attempt_id, refund_id, created_at) "
)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE billing_ledgerentry SET amount = 1",
        "DELETE FROM billing_ledgerentry",
        "UPDATE billing_allocation SET amount = 1",
        "DELETE FROM billing_allocation",
        "DELETE FROM billing_payment",
        "DELETE FROM billing_paymentattempt",
        "UPDATE billing_paymentattempt SET outcome = 'declined'",
        "UPDATE billing_payment SET amount = amount + 1",
        "UPDATE billing_payment SET captured_amount = captured_amount - 1",
        "UPDATE billing_payment SET refunded_amount = 1",
        "UPDATE billing_payment SET order_id = 'x'",
        "UPDATE billing_bill SET amount = amount + 1",
        "UPDATE billing_bill SET paid_amount = 0",
        "DELETE FROM billing_bill",
        "DELETE FROM billing_paymentbill",
        LEDGER
        + "SELECT id, 'capture', 1, currency, (SELECT min(id) FROM billing_paymentattempt), NULL, now() "
        "FROM billing_payment",
        LEDGER
        + "SELECT id, 'refund', 1, currency, (SELECT min(id) FROM billing_paymentattempt), NULL, now() "
        "FROM billing_payment",
        "INSERT INTO billing_allocation (payment_id, bill_id, amount, created_at) "
        "SELECT payment_id, bill_id, 1, now() FROM billing_paymentbill",
        "INSERT INTO billing_refund (payment_id, kind, amount, reason, state, created_date, modified_date) "
        "SELECT id, 'refund', amount + 1, 'x', 'processing', now(), now() FROM billing_payment",
        "INSERT INTO billing_paymentbill (payment_id, bill_id, amount, is_open) "
        "SELECT payment_id, bill_id, 1, false FROM billing_paymentbill",
    ],
)
def test_raw_sql_does_not_change_the_books(shop, sql):
    payment = shop.charge().payment
    with pytest.raises(DatabaseError):
        execute(sql)
    payment.refresh_from_db()
    assert payment.captured_amount == payment.allocated_amount == payment.amount


@pytest.mark.parametrize("state", CAPTURED_STATES)
def test_a_captured_state_without_money_is_refused_at_the_commit(payment, state):
    with pytest.raises(DatabaseError, match="ledger disagree"):
        execute("UPDATE billing_payment SET state = 'captured' WHERE id = %s", payment.pk)


def test_a_capture_of_a_failed_payment_is_refused_at_the_commit(payment):
    execute("UPDATE billing_payment SET state = 'failed' WHERE id = %s", payment.pk)
    with pytest.raises(DatabaseError, match="ledger disagree"):
        execute(
            LEDGER + "SELECT id, 'capture', amount, currency, (SELECT min(id) FROM billing_paymentattempt), "
            "NULL::bigint, now() FROM billing_payment"
        )


def test_a_canceled_bill_holds_no_money(shop):
    shop.charge()
    with pytest.raises(DatabaseError, match="canceled_holds_no_money"):
        execute("UPDATE billing_bill SET closed_as = 'canceled'")


def test_a_payment_is_not_born_captured(shop):
    payment = shop.charge().payment
    columns = [
        field.column for field in Payment._meta.concrete_fields if field.column not in ("id", "order_id")
    ]
    listed = ", ".join(columns)
    with pytest.raises(DatabaseError, match="begins as"):
        execute(
            f"INSERT INTO billing_payment (order_id, {listed}) SELECT 'other', {listed} "
            "FROM billing_payment WHERE id = %s",
            payment.pk,
        )


def test_the_second_person_is_another_one_for_the_database_too(shop, django_user_model):
    user = django_user_model.objects.create(username="x")
    payment = shop.charge().payment
    with pytest.raises(DatabaseError):
        Refund.objects.create(
            payment=payment,
            kind="refund",
            amount=1,
            reason="x",
            state="waiting",
            requested_by=user,
            decided_by=user,
        )
