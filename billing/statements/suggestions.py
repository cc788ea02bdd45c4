"""Which bookings a line might be, for a person who matches it: the nearest in amount and day first."""

from django.conf import settings
from django.db import connection

from billing.models import LedgerEntry, StatementLine

MOST = 5
DAYS = 10
_NEAREST = """
    SELECT entry.id
    FROM billing_ledgerentry AS entry JOIN billing_payment AS payment ON payment.id = entry.payment_id
    WHERE payment.pos_id = %(pos)s AND entry.currency = %(currency)s
      AND (entry.refund_id IS NOT NULL) = %(is_refund)s
      AND entry.created_at >= (%(day)s::date - %(days)s)::timestamp AT TIME ZONE %(zone)s
      AND entry.created_at < (%(day)s::date + %(days)s)::timestamp AT TIME ZONE %(zone)s
      AND NOT EXISTS (SELECT FROM billing_statementmatch AS made
                      WHERE made.entry_id = entry.id AND made.ended_at IS NULL)
    ORDER BY payment.order_id <> %(order)s, right(payment.masked_card, 4) <> %(card)s, abs(entry.amount - %(gross)s),
             abs((entry.created_at AT TIME ZONE %(zone)s)::date - %(day)s::date), entry.id
    LIMIT %(most)s
"""


def suggest(line: StatementLine) -> list[LedgerEntry]:
    """Bookings of the line's kind that no line is matched with, at most MOST."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAREST,
            {
                "pos": line.pos_id, "currency": line.currency, "is_refund": line.kind == "refund",
                "day": line.sold_on, "days": DAYS, "zone": settings.CHANNEL_TIME_ZONE, "order": line.order_id,
                "card": line.last_four, "gross": line.gross, "most": MOST,
            },
        )  # fmt: skip
        keys = [row[0] for row in cursor.fetchall()]
    found = LedgerEntry.objects.select_related("payment").in_bulk(keys)
    return [found[key] for key in keys]
