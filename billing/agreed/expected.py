"""Writes what a bank is expected to pay for a capture."""

from datetime import date

from django.db import connection

from billing.agreed.terms import parameters, priced
from billing.models import Payment

_SALE = """
    SELECT payment.id AS payment_id, payment.pos_id, payment.currency, payment.amount, payment.installments,
           %(sold_on)s::date AS sold_on, card.card_type_id, card.card_payment_type,
           card.is_commerce_card AS is_commercial, card.bank_id
    FROM billing_payment AS payment LEFT JOIN payments_card AS card ON card.id = payment.card_id
    WHERE payment.id = %(payment)s AND payment.pos_id IS NOT NULL
"""
_INSERT = f"""
    INSERT INTO billing_expectedpayout
        (payment_id, pos_id, plan_id, number, gross, commission, net, currency, sold_on, value_date)
    SELECT payment_id, pos_id, plan_id, number, part_gross, part_commission, part_gross - part_commission,
           currency, sold_on, value_date
    FROM ({priced(_SALE)}) AS priced
"""  # noqa: S608 constants


def expect_payouts(payment: Payment, sold_on: date) -> None:
    """In the transaction of the capture, one statement. Money received outside has no bank that pays it."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"payment": payment.pk, **parameters(payment.currency, sold_on)})
