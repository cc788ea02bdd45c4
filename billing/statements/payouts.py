"""What a bank listed for a value date, and whether that sum has arrived on the account: one credit for many lines."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from config.kit.lib.days import today

LATE_DAYS = 3
"""A credit is looked for on the value date and so many days after it."""

# The k-th sum of a kind belongs to the k-th credit of the same account and amount: nothing is counted twice.
_PAYOUTS = """
    WITH listed AS (
        SELECT agreement.account_id, line.pos_id, line.value_date, line.currency,
               sum(coalesce(line.net, line.gross) * CASE line.kind WHEN 'sale' THEN 1 ELSE -1 END) AS net
        FROM billing_statementline AS line JOIN billing_acquiringagreement AS agreement USING (pos_id)
        WHERE line.pos_id = ANY (%(pos)s) AND agreement.account_id IS NOT NULL
          AND line.value_date BETWEEN %(since)s AND %(until)s
        GROUP BY 1, 2, 3, 4
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY account_id, currency, net ORDER BY value_date, pos_id) AS place
        FROM listed
    ), credit AS (
        SELECT account_id, currency, amount AS net, value_date,
               row_number() OVER (PARTITION BY account_id, currency, amount ORDER BY value_date, id) AS place
        FROM billing_accountmovement
        WHERE amount > 0 AND value_date BETWEEN %(since)s AND %(until)s::date + %(late)s
    )
    SELECT placed.value_date, pos.name, account.holder_name || ' ' || account.iban, placed.currency, placed.net,
           credit.value_date
    FROM placed
    JOIN payments_pos AS pos ON pos.id = placed.pos_id
    JOIN payments_bankaccount AS account ON account.id = placed.account_id
    LEFT JOIN credit ON credit.account_id = placed.account_id AND credit.currency = placed.currency
        AND credit.net = placed.net AND credit.place = placed.place
        AND credit.value_date BETWEEN placed.value_date AND placed.value_date + %(late)s
    WHERE placed.net <> 0
    ORDER BY placed.value_date DESC, pos.name, placed.currency
"""


@dataclass(frozen=True)
class Payout:
    """`arrived_on` is None while no such credit is on a statement of the account."""

    value_date: date
    pos: str
    account: str
    currency: str
    net: Decimal
    arrived_on: date | None

    @property
    def is_missing(self) -> bool:
        return self.arrived_on is None and self.value_date < today()


def list_payouts(pos_ids: list[int], since: date, until: date) -> list[Payout]:
    with connection.cursor() as cursor:
        cursor.execute(_PAYOUTS, {"pos": pos_ids, "since": since, "until": until, "late": LATE_DAYS})
        return [Payout(*row) for row in cursor.fetchall()]
