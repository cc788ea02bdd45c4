"""A bank's days: what we expected of each POS, what its statements list, and whether somebody has closed the day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from billing.models import AcquiringAgreement, ClosedDay, Difference, Statement
from billing.statements.lines import lock_bank
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.lib.errors import RuleError
from payments.models import POS

_DAYS = """
    WITH wanted AS (SELECT unnest(%(pos)s::bigint[]) AS pos_id),
    ours AS (
        SELECT pos_id, sold_on AS day, currency, sum(gross) AS gross, sum(coalesce(net, gross)) AS net
        FROM billing_expectedpayout JOIN wanted USING (pos_id)
        WHERE sold_on BETWEEN %(since)s AND %(until)s GROUP BY 1, 2, 3
    ), given_back AS (
        SELECT payment.pos_id, (entry.created_at AT TIME ZONE %(zone)s)::date AS day, entry.currency,
               sum(entry.amount) AS amount
        FROM billing_ledgerentry AS entry JOIN billing_payment AS payment ON payment.id = entry.payment_id
        JOIN wanted ON wanted.pos_id = payment.pos_id
        WHERE entry.refund_id IS NOT NULL
          AND entry.created_at >= %(since)s::timestamp AT TIME ZONE %(zone)s
          AND entry.created_at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s
        GROUP BY 1, 2, 3
    ), bank AS (
        SELECT pos_id, sold_on AS day, currency, sum(gross) FILTER (WHERE kind = 'sale') AS gross,
               sum(gross) FILTER (WHERE kind = 'refund') AS refunds,
               sum(coalesce(commission, 0) * CASE kind WHEN 'sale' THEN 1 ELSE -1 END) AS commission,
               sum(coalesce(net, gross) * CASE kind WHEN 'sale' THEN 1 ELSE -1 END) AS net
        FROM billing_statementline JOIN wanted USING (pos_id)
        WHERE sold_on BETWEEN %(since)s AND %(until)s GROUP BY 1, 2, 3
    ), differing AS (
        SELECT pos_id, day, currency, count(*) FILTER (WHERE closed_at IS NULL) AS open,
               coalesce(sum(amount) FILTER (WHERE is_written_off), 0) AS written_off
        FROM billing_difference JOIN wanted USING (pos_id)
        WHERE day BETWEEN %(since)s AND %(until)s GROUP BY 1, 2, 3
    )
    SELECT pos_id, day, currency, coalesce(bank.gross, 0), coalesce(bank.refunds, 0), coalesce(bank.commission, 0),
           coalesce(bank.net, 0), coalesce(ours.gross, 0),
           coalesce(ours.net, 0) - coalesce(given_back.amount, 0), coalesce(differing.open, 0),
           coalesce(differing.written_off, 0), bank.day IS NOT NULL, closed.id IS NOT NULL
    FROM ours FULL JOIN given_back USING (pos_id, day, currency) FULL JOIN bank USING (pos_id, day, currency)
    FULL JOIN differing USING (pos_id, day, currency)
    LEFT JOIN billing_closedday AS closed USING (pos_id, day, currency)
    ORDER BY day DESC, pos_id, currency
"""


class DayOpenError(RuleError):
    """A day cannot be closed yet, or was closed by somebody else."""

    code = "statement_100_4"


@dataclass(frozen=True)
class PosDay:
    """In major units. `gross` to `net` are the bank's, `expected_…` ours; `expected_net` is less our refunds."""

    pos_id: int
    day: date
    currency: str
    gross: Decimal
    refunds: Decimal
    commission: Decimal
    net: Decimal
    expected_gross: Decimal
    expected_net: Decimal
    open_differences: int
    written_off: Decimal
    is_listed: bool
    is_closed: bool

    @property
    def difference(self) -> Decimal:
        return self.net - self.expected_net


def list_days(pos_ids: list[int], since: date, until: date) -> list[PosDay]:
    with connection.cursor() as cursor:
        cursor.execute(
            _DAYS, {"pos": pos_ids, "since": since, "until": until, "zone": settings.CHANNEL_TIME_ZONE}
        )
        return [PosDay(*row) for row in cursor.fetchall()]


def close_day(pos: POS, day: date, *, user_id: int | None) -> list[ClosedDay]:
    """Keep the sums as they are, for each currency.

    Raises DayOpenError where no statement covers the day, a difference is open, or it is closed already.
    """
    covered = Statement.objects.filter(
        layout__bank__agreements__pos=pos, first_day__lte=day, last_day__gte=day
    )
    if not covered.exists():
        raise DayOpenError(_("No statement of this day is loaded."))
    with transaction.atomic():
        lock_bank(AcquiringAgreement.objects.get(pos=pos).bank_id)
        if Difference.objects.filter(pos=pos, day=day, closed_at=None).exists():
            raise DayOpenError(_("Close its open differences first."))
        sums = list_days([pos.pk], day, day)
        if any(found.is_closed for found in sums):
            raise DayOpenError(_("This day is already closed."))
        return _keep(sums, user_id)


def _keep(sums: list[PosDay], user_id: int | None) -> list[ClosedDay]:
    names = ("pos_id", "day", "currency", "gross", "refunds", "commission", "net", "expected_gross",
             "expected_net", "written_off")  # fmt: skip
    try:
        with transaction.atomic():
            closed = [
                ClosedDay.objects.create(
                    closed_by_id=user_id, **{name: getattr(found, name) for name in names}
                )
                for found in sums
            ]
            for row in closed:
                record(Action.CREATED, row, after={name: str(getattr(row, name)) for name in names})
    except IntegrityError:
        raise DayOpenError(_("This day is already closed.")) from None
    return closed
