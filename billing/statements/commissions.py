"""What banks took and what was agreed: by POS, card type, installments and month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

_TRUTH = """
    WITH taken AS (
        SELECT entry.payment_id, line.pos_id, line.currency, sum(line.commission) AS commission,
               min(line.sold_on) AS sold_on, array_agg(line.installment_number) AS parts,
               bool_or(line.installment_number IS NULL) AS is_whole
        FROM billing_statementline AS line
        JOIN billing_statementmatch AS made ON made.line_id = line.id AND made.ended_at IS NULL
        JOIN billing_ledgerentry AS entry ON entry.id = made.entry_id AND entry.kind = 'capture'
        WHERE line.pos_id = ANY (%(pos)s) AND line.kind = 'sale' AND line.commission IS NOT NULL
          AND line.sold_on BETWEEN %(since)s AND %(until)s
        GROUP BY 1, 2, 3
    )
    SELECT date_trunc('month', taken.sold_on)::date, pos.name, coalesce(type.name, ''), payment.installments,
           taken.currency, count(*), sum(planned.commission), sum(taken.commission),
           sum(greatest(taken.commission - planned.commission, 0))
    FROM taken
    JOIN billing_payment AS payment ON payment.id = taken.payment_id
    JOIN payments_pos AS pos ON pos.id = taken.pos_id
    LEFT JOIN payments_card AS card ON card.id = payment.card_id
    LEFT JOIN payments_cardtype AS type ON type.id = card.card_type_id
    JOIN LATERAL (
        SELECT sum(commission) AS commission FROM billing_expectedpayout AS payout
        WHERE payout.payment_id = taken.payment_id
          AND (taken.is_whole OR payout.number = ANY (taken.parts))
    ) AS planned ON planned.commission IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class Taken:
    month: date
    pos: str
    card_type: str
    installments: int
    currency: str
    sales: int
    planned: Decimal
    charged: Decimal
    overcharged: Decimal
    """Only of sales with a commission above the plan: what the bank took too little elsewhere does not hide it."""


def list_commissions(pos_ids: list[int], since: date, until: date) -> list[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(_TRUTH, {"pos": pos_ids, "since": since, "until": until})
        return [Taken(*row) for row in cursor.fetchall()]
