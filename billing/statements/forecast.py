"""Cash that banks will pay: by day, bank account and currency."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from config.kit.lib.days import today

DAYS = 60
# A refunded payment is paid all the same, and its refund kept back: whole refunds are left out, others count in full.
_FORECAST = """
    SELECT payout.value_date, account.holder_name || ' ' || account.iban, bank.name, payout.currency, sum(payout.net)
    FROM billing_expectedpayout AS payout
    JOIN billing_payment AS payment ON payment.id = payout.payment_id
    LEFT JOIN billing_acquiringagreement AS agreement ON agreement.pos_id = payout.pos_id
    LEFT JOIN payments_bank AS bank ON bank.id = agreement.bank_id
    LEFT JOIN payments_bankaccount AS account ON account.id = agreement.account_id
    WHERE payout.pos_id = ANY (%(pos)s) AND payout.value_date BETWEEN %(since)s AND %(until)s
      AND payment.state NOT IN ('voided', 'refunded')
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 2, 4
"""


@dataclass(frozen=True)
class Arrival:
    """`account` and `bank` are empty for a POS without an agreement."""

    day: date
    account: str | None
    bank: str | None
    currency: str
    amount: Decimal


def list_arrivals(pos_ids: list[int]) -> list[Arrival]:
    """The next DAYS days, from today."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FORECAST, {"pos": pos_ids, "since": today(), "until": today() + timedelta(days=DAYS - 1)}
        )
        return [Arrival(*row) for row in cursor.fetchall()]
