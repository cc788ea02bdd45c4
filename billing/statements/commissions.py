"""What banks took and what was agreed: by POS, card type, installments and month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

# Of each sale what its lines say so far, and the plan's commission of the same installments.
_TAKEN = """
    WITH listed AS (
        SELECT entry.payment_id, line.pos_id, line.currency, sum(line.gross) AS gross,
               sum(line.commission) AS commission, count(*) AS lines, min(line.sold_on) AS sold_on,
               array_agg(line.installment_number) AS parts, bool_or(line.installment_number IS NULL) AS is_whole
        FROM billing_statementline AS line
        JOIN billing_statementmatch AS made ON made.line_id = line.id AND made.ended_at IS NULL
        JOIN billing_ledgerentry AS entry ON entry.id = made.entry_id AND entry.kind = 'capture'
        WHERE line.pos_id = ANY (%(pos)s) AND line.kind = 'sale' AND line.commission IS NOT NULL
          AND line.sold_on BETWEEN %(since)s AND %(until)s
        GROUP BY 1, 2, 3
    ), taken AS (
        SELECT listed.*, planned.commission AS planned, above.amount AS overcharged
        FROM listed
        JOIN LATERAL (
            SELECT sum(commission) AS commission FROM billing_expectedpayout AS payout
            WHERE payout.payment_id = listed.payment_id
              AND (listed.is_whole OR payout.number = ANY (listed.parts))
        ) AS planned ON planned.commission IS NOT NULL
        -- What a bank rounds in each line is no difference (`find_differences`).
        CROSS JOIN LATERAL (
            SELECT CASE WHEN listed.commission - planned.commission > 0.01 * (listed.lines - 1) + 0.0001
                   THEN listed.commission - planned.commission ELSE 0 END AS amount
        ) AS above
    )
"""
_TRUTH = f"""
    {_TAKEN}
    SELECT date_trunc('month', taken.sold_on)::date, pos.name, coalesce(type.name, ''), payment.installments,
           taken.currency, count(*), sum(taken.planned), sum(taken.commission),
           sum(taken.overcharged)
    FROM taken
    JOIN billing_payment AS payment ON payment.id = taken.payment_id
    JOIN payments_pos AS pos ON pos.id = taken.pos_id
    LEFT JOIN payments_card AS card ON card.id = payment.card_id
    LEFT JOIN payments_cardtype AS type ON type.id = card.card_type_id
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 constants
_OVERCHARGED = f"""
    {_TAKEN}
    SELECT agreement.terminal_number, taken.sold_on, payment.order_id, payment.host_reference, payment.auth_code,
           payment.masked_card, payment.installments, taken.currency, taken.gross, taken.planned, taken.commission
    FROM taken
    JOIN billing_payment AS payment ON payment.id = taken.payment_id
    JOIN billing_acquiringagreement AS agreement ON agreement.pos_id = taken.pos_id
    WHERE taken.overcharged > 0
    ORDER BY agreement.terminal_number, taken.sold_on, payment.order_id
"""  # noqa: S608 constants


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


@dataclass(frozen=True)
class Overcharged:
    """A sale as the bank knows it, with the commission agreed and the one charged, in major units."""

    terminal_number: str
    sold_on: date
    order_id: str
    host_reference: str
    auth_code: str
    masked_card: str
    installments: int
    currency: str
    gross: Decimal
    planned: Decimal
    charged: Decimal

    @property
    def difference(self) -> Decimal:
        return self.charged - self.planned


def list_overcharged(pos_ids: list[int], since: date, until: date) -> list[Overcharged]:
    """Each sale whose commission is above the plan."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERCHARGED, {"pos": pos_ids, "since": since, "until": until})
        return [Overcharged(*row) for row in cursor.fetchall()]
