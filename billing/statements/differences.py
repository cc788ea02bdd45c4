"""What a bank's statements and our books disagree about.

The whole list is computed anew each time: what is new is opened, what holds no longer is closed by itself, and what a
person has closed stays closed.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from billing.statements.lines import bank_lines, window_start
from config.kit.lib.days import today
from payments.models import Bank

DUE_DAYS = 3

_COLUMNS = "kind, pos_id, day, line_id, entry_id, payment_id, expected, found, amount, currency"
_ENTRY_MATCHED = """EXISTS (SELECT FROM bank_match AS made
                            WHERE made.entry_id = entry.id AND made.ended_at IS NULL)"""

_FOUND = f"""
    CREATE TEMP TABLE found_difference ON COMMIT DROP AS
    WITH line AS (SELECT * FROM bank_line),
    covered AS (
        SELECT DISTINCT agreement.pos_id, day::date AS day
        FROM billing_statement AS statement
        JOIN billing_statementlayout AS layout ON layout.id = statement.layout_id AND layout.bank_id = %(bank)s
        JOIN billing_acquiringagreement AS agreement ON agreement.bank_id = layout.bank_id
        CROSS JOIN LATERAL generate_series(greatest(statement.first_day, %(since)s), statement.last_day,
                                           interval '1 day') AS day
    ),
    unmatched AS (SELECT * FROM line WHERE pos_id IS NOT NULL AND NOT is_matched),
    matched AS (SELECT * FROM line WHERE is_matched),
    double AS (
        SELECT id FROM unmatched WHERE occurrence > 1
        UNION
        SELECT unmatched.id FROM unmatched JOIN matched USING (order_id, pos_id, kind)
        WHERE kind = 'sale' AND order_id <> ''
          AND coalesce(matched.installment_number = unmatched.installment_number, true)
        UNION
        SELECT unmatched.id FROM unmatched JOIN matched USING (host_reference, pos_id, kind, gross)
        WHERE host_reference <> ''
          AND coalesce(matched.installment_number = unmatched.installment_number, true)
    ),
    -- One row for each line of a booking; of a netted line the booking is the capture.
    pair AS (
        SELECT made.entry_id, line.id AS line_id, line.pos_id, line.sold_on, line.gross, line.commission,
               line.value_date, line.installment_number, line.currency, entry.kind, entry.amount, entry.payment_id,
               rule.tolerance, payment.installments,
               -- The bank lists installments long before it pays them: then all of them are on its list.
               line.value_date > statement.last_day + 7 AS is_ahead,
               (SELECT sum(other.amount * CASE WHEN other.kind = 'capture' THEN 1 ELSE -1 END)
                FROM bank_match AS also JOIN billing_ledgerentry AS other ON other.id = also.entry_id
                WHERE also.line_id = line.id AND also.ended_at IS NULL) AS netted,
               (SELECT count(*) FROM billing_expectedpayout WHERE payment_id = entry.payment_id) AS parts
        FROM line
        JOIN billing_statement AS statement ON statement.id = line.statement_id
        JOIN bank_match AS made ON made.line_id = line.id AND made.ended_at IS NULL
        JOIN billing_ledgerentry AS entry ON entry.id = made.entry_id
        JOIN billing_payment AS payment ON payment.id = entry.payment_id
        LEFT JOIN billing_matchrule AS rule ON rule.id = made.rule_id
        WHERE line.kind = 'refund' OR entry.kind = 'capture'
    ),
    booking AS (
        SELECT entry_id, min(line_id) AS line_id, min(pos_id) AS pos_id, min(sold_on) AS sold_on,
               min(payment_id) AS payment_id, min(currency) AS currency, sum(gross) AS gross,
               sum(commission) AS commission, count(*) AS lines, max(coalesce(tolerance, 0)) AS tolerance,
               CASE WHEN min(kind) = 'capture' AND count(*) = 1 AND bool_and(installment_number IS NULL)
                    THEN abs(min(netted)) ELSE min(amount) END AS amount,
               bool_or(installment_number IS NULL) OR count(*) = min(installments) OR bool_or(is_ahead)
                   AS is_whole
        FROM pair GROUP BY entry_id
    ),
    other_amount AS (SELECT * FROM booking WHERE is_whole AND abs(gross - amount) > tolerance),
    promised AS (
        SELECT pair.entry_id, sum(
            CASE WHEN pair.installment_number IS NULL
                     THEN (SELECT sum(commission) FROM billing_expectedpayout WHERE payment_id = pair.payment_id)
                 WHEN pair.parts = 1
                     THEN (SELECT commission FROM billing_expectedpayout WHERE payment_id = pair.payment_id)
                          / pair.installments
                 ELSE (SELECT commission FROM billing_expectedpayout
                       WHERE payment_id = pair.payment_id AND number = pair.installment_number) END
        ) AS commission
        FROM pair WHERE pair.kind = 'capture' GROUP BY pair.entry_id
    )
    SELECT 'unknown_terminal' AS kind, NULL::bigint AS pos_id, line.sold_on AS day, line.id AS line_id,
           NULL::bigint AS entry_id, NULL::bigint AS payment_id, ''::text AS expected,
           line.terminal_number::text AS found, line.gross AS amount, line.currency::text
    FROM line WHERE line.pos_id IS NULL
    UNION ALL
    SELECT 'double_line', pos_id, sold_on, id, NULL, NULL, '', gross::text, gross, currency
    FROM unmatched WHERE id IN (SELECT id FROM double)
    UNION ALL
    SELECT 'at_bank_only', unmatched.pos_id, sold_on, unmatched.id, NULL, payment.id, '', gross::text, gross,
           unmatched.currency
    FROM unmatched LEFT JOIN billing_payment AS payment
        ON payment.order_id = unmatched.order_id AND payment.pos_id = unmatched.pos_id
    WHERE unmatched.id NOT IN (SELECT id FROM double)
    UNION ALL
    SELECT 'with_us_only', payout.pos_id, payout.sold_on, NULL, entry.id, entry.payment_id, entry.amount::text, '',
           entry.amount, entry.currency
    FROM covered
    JOIN billing_expectedpayout AS payout ON payout.pos_id = covered.pos_id AND payout.sold_on = covered.day
        AND payout.number = 1
    JOIN billing_ledgerentry AS entry ON entry.payment_id = payout.payment_id AND entry.kind = 'capture'
    WHERE NOT {_ENTRY_MATCHED}
      AND NOT EXISTS (SELECT FROM billing_ledgerentry AS void  -- banks list neither of the two
                      WHERE void.payment_id = entry.payment_id AND void.kind = 'void' AND void.amount = entry.amount)
    UNION ALL
    SELECT 'refund_not_sent', payment.pos_id, covered.day, NULL, entry.id, entry.payment_id, entry.amount::text, '',
           entry.amount, entry.currency
    FROM billing_ledgerentry AS entry
    JOIN billing_payment AS payment ON payment.id = entry.payment_id
    JOIN covered ON covered.pos_id = payment.pos_id
        AND covered.day = (entry.created_at AT TIME ZONE %(zone)s)::date
    WHERE entry.refund_id IS NOT NULL AND NOT {_ENTRY_MATCHED}
      AND (entry.kind <> 'void' OR EXISTS (
          SELECT FROM billing_ledgerentry AS capture JOIN bank_match AS made ON made.entry_id = capture.id
          WHERE capture.payment_id = entry.payment_id AND capture.kind = 'capture' AND made.ended_at IS NULL))
    UNION ALL
    SELECT 'amount', pos_id, sold_on, line_id, entry_id, payment_id, amount::text, gross::text, gross - amount,
           currency
    FROM other_amount
    UNION ALL
    SELECT 'commission', pos_id, sold_on, line_id, booking.entry_id, payment_id,
           promised.commission::numeric(18,4)::text, booking.commission::text,
           booking.commission - promised.commission, currency
    FROM booking JOIN promised USING (entry_id)
    WHERE booking.commission - promised.commission > 0.01 * (lines - 1) + 0.0001
      AND booking.entry_id NOT IN (SELECT entry_id FROM other_amount)
    UNION ALL
    SELECT 'value_date', pair.pos_id, pair.sold_on, pair.line_id, pair.entry_id, pair.payment_id,
           payout.value_date::text, pair.value_date::text, pair.gross, pair.currency
    FROM pair JOIN billing_expectedpayout AS payout ON payout.payment_id = pair.payment_id
        AND payout.number = CASE WHEN pair.parts = 1 THEN 1 ELSE pair.installment_number END
    WHERE pair.kind = 'capture' AND pair.value_date > payout.value_date
"""  # noqa: S608 constants
_SAME = (
    "known.kind = found.kind AND known.line_id IS NOT DISTINCT FROM found.line_id "
    "AND (found.line_id IS NOT NULL OR known.entry_id = found.entry_id)"
)
_CLOSE = f"""
    UPDATE billing_difference AS known SET closed_at = now(), resolution = %(explained)s
    WHERE bank_id = %(bank)s AND closed_at IS NULL AND write_off_asked_by_id IS NULL
      AND coalesce((SELECT sold_on FROM billing_statementline AS line WHERE line.id = known.line_id),
                   (SELECT created_at::date FROM billing_ledgerentry AS entry WHERE entry.id = known.entry_id))
          > %(since)s
      AND NOT EXISTS (SELECT FROM found_difference AS found WHERE {_SAME})
"""  # noqa: S608 constants
_OPEN = f"""
    INSERT INTO billing_difference ({_COLUMNS}, bank_id, opened_at, due_on, comment, resolution, is_written_off)
    SELECT kind, pos_id,
           -- A closed day does not change: what comes later is of the day on which it comes.
           CASE WHEN EXISTS (SELECT FROM billing_closedday AS closed
                             WHERE closed.pos_id = found.pos_id AND closed.day = found.day)
                THEN %(today)s ELSE day END,
           line_id, entry_id, payment_id, expected, found, amount, currency, %(bank)s, now(), %(due)s, '', '', false
    FROM found_difference AS found
    WHERE NOT EXISTS (SELECT FROM billing_difference AS known
                      WHERE {_SAME} AND (closed_at IS NULL OR closed_by_id IS NOT NULL))
    ORDER BY kind, line_id, entry_id
"""  # noqa: S608 constants
EXPLAINED = "Explained by later evidence."


def find_differences(bank: Bank) -> int:
    """Open and close differences of the bank. How many are new."""
    parameters: dict[str, Any] = {
        "bank": bank.pk,
        "zone": settings.CHANNEL_TIME_ZONE,
        "today": today(),
        "since": window_start(),
        "due": today() + timedelta(days=DUE_DAYS),
        "explained": EXPLAINED,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        with bank_lines(cursor, bank):
            cursor.execute(_FOUND, parameters)
            cursor.execute("ANALYZE found_difference")
        cursor.execute(_CLOSE, parameters)
        cursor.execute(_OPEN, parameters)
        opened = cursor.rowcount
        cursor.execute("DROP TABLE found_difference")
    return opened
