"""Finds the lines of a bank's statements in our books, in sets: each rule is one or two statements of SQL.

Nothing is guessed: a rule that does not name one payment matches only what leaves no choice. Ties are broken by what
the lines say, never by when they were loaded.
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_noop as _

from billing.models import Basis, MatchRule
from billing.statements.lines import bank_lines
from payments.models import Bank

DEFAULT_RULES = (
    (10, Basis.NETTED, _("Order ID, less refunds"), 1),
    (20, Basis.ORDER_ID, _("Order ID"), 0),
    (30, Basis.BANK_REFERENCE, _("Bank reference"), 0),
    (40, Basis.AUTH_CODE, _("Authorization code and amount"), 1),
    (50, Basis.CARD, _("Last four digits and amount"), 1),
)

_DONE = """
    DELETE FROM bank_line AS line
    WHERE EXISTS (SELECT FROM billing_statementmatch AS made
                  WHERE made.line_id = line.id AND made.ended_at IS NULL)
"""
_OPEN = "line AS (SELECT * FROM bank_line WHERE kind = '{kind}')"
_NOT_ENDED = """NOT EXISTS (SELECT FROM billing_statementmatch AS ended
                            WHERE ended.line_id = line.id AND ended.entry_id = entry.id)"""
_FREE = """NOT EXISTS (SELECT FROM billing_statementmatch AS made
                       WHERE made.entry_id = entry.id AND made.ended_at IS NULL)"""
_INSERT = """
    INSERT INTO billing_statementmatch (line_id, entry_id, rule_id, matched_at, reason, end_reason)
    {pairs}
"""
_VALUES = "%(rule)s, now(), '', ''"

# A payment sold in installments may have a line for each: they are all its capture.
_SALES = f"""
    SELECT line_id, entry_id, {_VALUES} FROM (
        WITH {_OPEN.format(kind="sale")}
        SELECT line.id AS line_id, entry.id AS entry_id,
               row_number() OVER (PARTITION BY entry.id, coalesce(line.installment_number, 0)
                                  ORDER BY line.gross <> entry.amount, line.sold_on, line.fingerprint,
                                           line.occurrence) AS place
        FROM line
        JOIN billing_payment AS payment ON payment.{{key}} = line.{{key}} AND payment.pos_id = line.pos_id
            AND payment.currency = line.currency
        JOIN billing_ledgerentry AS entry ON entry.payment_id = payment.id AND entry.kind = 'capture'
        WHERE line.{{key}} <> '' AND {_NOT_ENDED}
          AND NOT EXISTS (
              SELECT FROM billing_statementmatch AS made JOIN billing_statementline AS other ON other.id = made.line_id
              WHERE made.entry_id = entry.id AND made.ended_at IS NULL
                AND coalesce(other.installment_number = line.installment_number, true)
          )
    ) AS pair WHERE place = 1
"""  # noqa: S608 constants
# Refunds of one payment and one amount are alike: the first line is the first of them.
_REFUNDS = f"""
    WITH {_OPEN.format(kind="refund")},
    listed AS (
        SELECT line.id, payment.id AS payment_id, line.gross,
               row_number() OVER (PARTITION BY payment.id, line.gross
                                  ORDER BY line.sold_on, line.fingerprint, line.occurrence) AS place
        FROM line JOIN billing_payment AS payment ON {{join}} AND payment.pos_id = line.pos_id
            AND payment.currency = line.currency
        WHERE line.{{key}} <> ''
    ), booked AS (
        SELECT entry.id, entry.payment_id, entry.amount,
               row_number() OVER (PARTITION BY entry.payment_id, entry.amount ORDER BY entry.id) AS place
        FROM billing_ledgerentry AS entry
        WHERE entry.payment_id IN (SELECT payment_id FROM listed) AND entry.refund_id IS NOT NULL AND {_FREE}
    )
    SELECT line.id, entry.id, {_VALUES}
    FROM listed AS line JOIN booked AS entry
        ON entry.payment_id = line.payment_id AND entry.amount = line.gross AND entry.place = line.place
    WHERE {_NOT_ENDED}
"""  # noqa: S608 constants
# What is left: one line and one refund of a payment are each other, though their amounts differ.
_ONLY_REFUND = f"""
    WITH {_OPEN.format(kind="refund")},
    listed AS (
        SELECT line.id, payment.id AS payment_id, count(*) OVER (PARTITION BY payment.id) AS lines
        FROM line JOIN billing_payment AS payment ON {{join}} AND payment.pos_id = line.pos_id
            AND payment.currency = line.currency
        WHERE line.{{key}} <> ''
          AND NOT EXISTS (SELECT FROM billing_statementmatch AS made
                          JOIN billing_statementline AS other ON other.id = made.line_id
                          WHERE made.ended_at IS NULL AND other.kind = 'refund' AND other.bank_id = line.bank_id
                            AND other.fingerprint = line.fingerprint)
    ), booked AS (
        SELECT entry.id, entry.payment_id, count(*) OVER (PARTITION BY entry.payment_id) AS entries
        FROM billing_ledgerentry AS entry
        WHERE entry.payment_id IN (SELECT payment_id FROM listed) AND entry.refund_id IS NOT NULL AND {_FREE}
    )
    SELECT line.id, entry.id, {_VALUES}
    FROM listed AS line JOIN booked AS entry USING (payment_id)
    WHERE lines = 1 AND entries = 1 AND {_NOT_ENDED}
"""  # noqa: S608 constants
_NETTED = f"""
    WITH {_OPEN.format(kind="sale")},
    netted AS (
        SELECT line.id AS line_id, payment.id AS payment_id
        FROM line
        JOIN billing_payment AS payment ON payment.order_id = line.order_id AND payment.pos_id = line.pos_id
            AND payment.currency = line.currency
        JOIN LATERAL (
            SELECT sum(amount) FILTER (WHERE kind = 'capture') AS captured,
                   sum(amount) FILTER (WHERE refund_id IS NOT NULL) AS refunded, bool_and({_FREE}) AS is_free
            FROM billing_ledgerentry AS entry
            WHERE entry.payment_id = payment.id
              AND (entry.created_at AT TIME ZONE %(zone)s)::date <= line.sold_on + %(days)s
        ) AS sums ON sums.is_free AND sums.refunded > 0
        WHERE line.order_id <> '' AND line.gross <> sums.captured
          AND abs(line.gross - (sums.captured - sums.refunded)) <= %(tolerance)s
          AND NOT EXISTS (SELECT FROM line AS other WHERE other.order_id = line.order_id AND other.id <> line.id)
    )
    SELECT netted.line_id, entry.id, {_VALUES}
    FROM netted JOIN billing_statementline AS line ON line.id = netted.line_id
    JOIN billing_ledgerentry AS entry ON entry.payment_id = netted.payment_id
        AND (entry.created_at AT TIME ZONE %(zone)s)::date <= line.sold_on + %(days)s
    WHERE {_NOT_ENDED}
"""  # noqa: S608 constants
_ALIKE = f"""
    SELECT line_id, entry_id, {_VALUES} FROM (
        WITH {_OPEN.format(kind="sale")}
        SELECT line.id AS line_id, entry.id AS entry_id, count(*) OVER (PARTITION BY line.id) AS entries,
               count(*) OVER (PARTITION BY entry.id) AS lines
        FROM line
        JOIN billing_expectedpayout AS payout ON payout.pos_id = line.pos_id AND payout.number = 1
            AND payout.sold_on BETWEEN line.sold_on - %(days)s AND line.sold_on + %(days)s
        JOIN billing_payment AS payment ON payment.id = payout.payment_id AND payment.currency = line.currency
            AND {{alike}}
        JOIN billing_ledgerentry AS entry ON entry.payment_id = payment.id AND entry.kind = 'capture'
            AND abs(entry.amount - line.gross) <= %(tolerance)s
        WHERE {_FREE} AND {_NOT_ENDED}
    ) AS pair WHERE entries = 1 AND lines = 1
"""  # noqa: S608 constants

_OF_ORDER = {"key": "order_id", "join": "payment.order_id = line.order_id"}
_OF_SALE = {"key": "host_reference", "join": "payment.host_reference = line.host_reference"}
_OF_REFERENCE = {
    "key": "host_reference",
    "join": """payment.id = (SELECT min(refund.payment_id) FROM billing_refund AS refund
                             WHERE refund.host_reference = line.host_reference)""",
}
PAIRS: dict[Basis, tuple[str, ...]] = {
    Basis.NETTED: (_NETTED,),
    Basis.ORDER_ID: (
        _SALES.format(key="order_id"),
        _REFUNDS.format(**_OF_ORDER),
        _ONLY_REFUND.format(**_OF_ORDER),
    ),
    Basis.BANK_REFERENCE: (
        _SALES.format(key="host_reference"),
        _REFUNDS.format(**_OF_REFERENCE),
        _REFUNDS.format(**_OF_SALE),  # some banks repeat the reference of the sale
    ),
    Basis.AUTH_CODE: (_ALIKE.format(alike="line.auth_code <> '' AND payment.auth_code = line.auth_code"),),
    Basis.CARD: (
        _ALIKE.format(
            alike="line.order_id = '' AND line.last_four <> '' AND right(payment.masked_card, 4) = line.last_four"
        ),
    ),
}
"""For each basis the queries of its pairs: line, entry, and the values of the other columns."""


def rules() -> list[MatchRule]:
    """The active rules by priority. The first time they are made."""
    if not MatchRule.objects.exists():
        MatchRule.objects.bulk_create(
            [
                MatchRule(priority=priority, basis=basis, name=name, days=days)
                for priority, basis, name, days in DEFAULT_RULES
            ],
            ignore_conflicts=True,
        )
    return list(MatchRule.objects.filter(is_active=True))


def match_lines(bank: Bank) -> int:
    """Match what is not matched yet. How many pairs were made; 0 where nothing has changed since the last run."""
    made = 0
    with transaction.atomic(), connection.cursor() as cursor, bank_lines(cursor, bank):
        cursor.execute("DELETE FROM bank_line WHERE is_matched OR pos_id IS NULL")
        for rule in rules():
            for pairs in PAIRS[Basis(rule.basis)]:
                made += _match(cursor, pairs, _parameters(rule))
    return made


def _match(cursor: CursorWrapper, pairs: str, parameters: dict[str, Any]) -> int:
    """With the lines that are left, if there are any."""
    cursor.execute("SELECT EXISTS (SELECT FROM bank_line)")
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute(_INSERT.format(pairs=pairs), parameters)
    made = cursor.rowcount
    if made:
        cursor.execute(_DONE)
        cursor.execute("ANALYZE bank_line")
    return made


def _parameters(rule: MatchRule) -> dict[str, Any]:
    return {
        "rule": rule.pk,
        "tolerance": rule.tolerance,
        "days": rule.days,
        "zone": settings.CHANNEL_TIME_ZONE,
    }
