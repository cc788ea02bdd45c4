"""Posts the journal, in sets: what is not in it yet, each event once.

Captures and refunds are posted as they are booked; what the bank lists when its day is closed, because a closed day's
matches stay. Accounts carry the numbers of the Turkish uniform chart of accounts until bookkeeping changes them.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from billing.models import AccountRole, JournalAccount, JournalLine
from config.kit.lib.days import today

DEFAULT_ACCOUNTS = {
    AccountRole.BANK: ("102.01", "Bankalar"),
    AccountRole.CARDS: ("108.01", "Kredi kartı alacakları"),
    AccountRole.OUTSIDE: ("100.01", "Kasa"),
    AccountRole.CUSTOMERS: ("120.01", "Alıcılar"),
    AccountRole.INTEREST: ("642.01", "Faiz gelirleri"),
    AccountRole.COMMISSION: ("653.01", "Komisyon giderleri"),
    AccountRole.WRITE_OFF: ("659.01", "Diğer olağan gider ve zararlar"),
}
COLUMNS = ("Fiş No", "Fiş Tarihi", "Hesap Kodu", "Hesap Adı", "Açıklama", "Borç", "Alacak", "Döviz")
"""What the imports of Turkish bookkeeping programs (Logo, Mikro, Luca) take as a voucher's line."""

_LOCK = 1_500_000_001

# `fresh` has day, text, currency, key (of the column {source}) and the sides: role, debit, credit.
_POST = """
    WITH fresh AS ({fresh}),
    entry AS (
        INSERT INTO billing_journalentry (kind, day, text, {source}, posted_at)
        SELECT DISTINCT ON (key) kind, day, text, key, now() FROM fresh
        WHERE debit > 0 OR credit > 0 ORDER BY key
        RETURNING id, {source} AS key
    )
    INSERT INTO billing_journalline (entry_id, account_id, debit, credit, currency)
    SELECT entry.id, account.id, fresh.debit, fresh.credit, fresh.currency
    FROM entry JOIN fresh USING (key) JOIN billing_journalaccount AS account USING (role)
    WHERE fresh.debit > 0 OR fresh.credit > 0
    ORDER BY entry.id, fresh.credit
"""
_BOOKINGS = """
    SELECT ledger.id AS key, CASE ledger.kind WHEN 'capture' THEN 'capture' ELSE 'refund' END AS kind,
           (ledger.created_at AT TIME ZONE %(zone)s)::date AS day, payment.order_id AS text, ledger.currency,
           side.role, side.debit, side.credit
    FROM billing_ledgerentry AS ledger JOIN billing_payment AS payment ON payment.id = ledger.payment_id
    CROSS JOIN LATERAL (SELECT CASE WHEN payment.pos_id IS NULL THEN 'outside' ELSE 'cards' END AS owed) AS place
    CROSS JOIN LATERAL (
        SELECT owed, ledger.amount, 0::numeric WHERE ledger.kind = 'capture'
        UNION ALL SELECT 'customers', 0, ledger.amount - payment.fee_amount WHERE ledger.kind = 'capture'
        UNION ALL SELECT 'interest', 0, payment.fee_amount WHERE ledger.kind = 'capture'
        UNION ALL SELECT 'customers', ledger.amount, 0 WHERE ledger.kind <> 'capture'
        UNION ALL SELECT owed, 0, ledger.amount WHERE ledger.kind <> 'capture'
    ) AS side (role, debit, credit)
    WHERE NOT EXISTS (SELECT FROM billing_journalentry AS posted WHERE posted.ledger_entry_id = ledger.id)
"""
# A refund turns the sides round, as does an amount below zero.
_LISTED = """
    SELECT line.id AS key, '{kind}' AS kind, {day} AS day, coalesce(nullif(line.order_id, ''), line.host_reference)
               AS text, line.currency, side.role, greatest(side.amount, 0) AS debit, greatest(-side.amount, 0) AS credit
    FROM billing_statementline AS line
    CROSS JOIN LATERAL (SELECT {amount} * CASE line.kind WHEN 'sale' THEN 1 ELSE -1 END AS amount) AS total
    CROSS JOIN LATERAL (VALUES ('{debit}', total.amount), ('cards', -total.amount)) AS side (role, amount)
    WHERE {day} <= %(today)s
      AND EXISTS (SELECT FROM billing_statementmatch AS made WHERE made.line_id = line.id AND made.ended_at IS NULL)
      AND EXISTS (SELECT FROM billing_closedday AS closed
                  WHERE closed.pos_id = line.pos_id AND closed.day = line.sold_on)
      AND NOT EXISTS (SELECT FROM billing_journalentry AS posted
                      WHERE posted.line_id = line.id AND posted.kind = '{kind}')
"""
# What the bank did not pay is lost, what it paid or kept beyond our books is a gain.
_WRITE_OFFS = """
    SELECT difference.id AS key, 'write_off' AS kind, (difference.closed_at AT TIME ZONE %(zone)s)::date AS day,
           left(difference.resolution, 200) AS text, difference.currency, side.role,
           greatest(side.amount, 0) AS debit, greatest(-side.amount, 0) AS credit
    FROM billing_difference AS difference
    CROSS JOIN LATERAL (
        SELECT CASE kind WHEN 'with_us_only' THEN amount WHEN 'amount' THEN -amount
                         WHEN 'refund_not_sent' THEN -amount ELSE 0 END AS lost
    ) AS total
    CROSS JOIN LATERAL (VALUES ('write_off', total.lost), ('cards', -total.lost)) AS side (role, amount)
    WHERE difference.is_written_off
      AND NOT EXISTS (SELECT FROM billing_journalentry AS posted WHERE posted.difference_id = difference.id)
"""
_STEPS = (
    _POST.format(source="ledger_entry_id", fresh=_BOOKINGS),
    _POST.format(
        source="line_id",
        fresh=_LISTED.format(
            kind="commission", day="line.sold_on", amount="coalesce(line.commission, 0)", debit="commission"
        ),
    ),
    _POST.format(
        source="line_id",
        fresh=_LISTED.format(
            kind="value",
            day="coalesce(line.value_date, line.sold_on)",
            amount="coalesce(line.net, line.gross)",
            debit="bank",
        ),
    ),
    _POST.format(source="difference_id", fresh=_WRITE_OFFS),
)

_BALANCE = """
    SELECT account.role, line.currency, sum(line.debit) - sum(line.credit)
    FROM billing_journalline AS line JOIN billing_journalaccount AS account ON account.id = line.account_id
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_UNEQUAL = """
    SELECT currency, coalesce(ledger.amount, 0) - coalesce(journal.amount, 0)
    FROM (
        SELECT currency, sum(amount * CASE kind WHEN 'capture' THEN 1 ELSE -1 END) AS amount
        FROM billing_ledgerentry GROUP BY 1
    ) AS ledger
    FULL JOIN (
        SELECT line.currency, sum(line.credit - line.debit) AS amount
        FROM billing_journalline AS line JOIN billing_journalaccount AS account ON account.id = line.account_id
        WHERE account.role IN ('customers', 'interest') GROUP BY 1
    ) AS journal USING (currency)
    WHERE coalesce(ledger.amount, 0) <> coalesce(journal.amount, 0)
"""


def accounts() -> list[JournalAccount]:
    """The chart of accounts. The first time it is made."""
    if not JournalAccount.objects.exists():
        JournalAccount.objects.bulk_create(
            [
                JournalAccount(role=role, code=code, name=name)
                for role, (code, name) in DEFAULT_ACCOUNTS.items()
            ],
            ignore_conflicts=True,
        )
    return list(JournalAccount.objects.all())


def post_journal() -> int:
    """How many lines were written."""
    written = 0
    parameters: dict[str, Any] = {"zone": settings.CHANNEL_TIME_ZONE, "today": today()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        accounts()
        for step in _STEPS:
            cursor.execute(step, parameters)
            written += cursor.rowcount
    return written


def trial_balance() -> dict[tuple[str, str], Decimal]:
    """Role and currency of each account → debit less credit. Over all accounts of a currency it is zero."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE)
        return {(role, currency): amount for role, currency, amount in cursor.fetchall()}


def unequal_to_ledger() -> dict[str, Decimal]:
    """By how much the ledger is above what the journal says of customers; {} where it is posted and equal."""
    with connection.cursor() as cursor:
        cursor.execute(_UNEQUAL)
        return dict(cursor.fetchall())


def export_rows(since: date, until: date) -> Iterator[list[Any]]:
    """The heading, then a row for each line of the days."""
    yield list(COLUMNS)
    lines = JournalLine.objects.filter(entry__day__range=(since, until)).select_related("entry", "account")
    for line in lines.order_by("entry__day", "entry_id", "pk").iterator():
        yield [
            line.entry_id,
            line.entry.day.isoformat(),
            line.account.code,
            line.account.name,
            f"{line.entry.get_kind_display()} {line.entry.text}",
            line.debit,
            line.credit,
            line.currency,
        ]
