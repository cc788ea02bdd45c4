"""One run over a bank's statements: match, apply what is evidence, match what that has booked, list what is left.

Evidence is applied after the bank has been asked, which a web request does not wait for: it compares, and queues a job.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from billing.models import Statement, StatementLine
from billing.statements.differences import find_differences
from billing.statements.evidence import book_evidence
from billing.statements.lines import window_start
from billing.statements.matching import match_lines
from payments.models import Bank

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20_000
"""Lines of the window. They take about two seconds."""


@dataclass(frozen=True)
class Run:
    matched: int
    booked: int
    opened: int


def reconcile_statements(bank: Bank) -> Run:
    """Not in a transaction: evidence is booked in transactions of its own. A second run finds nothing new."""
    matched = match_lines(bank)
    booked = book_evidence(bank)
    if booked:
        matched += match_lines(bank)
    return Run(matched, booked, find_differences(bank))


def compare_now(bank: Bank) -> Run | None:
    """For a web request: match and list differences, call no bank. `reconcile_bank` is queued, which does the rest, and
    all of it where the bank has more lines than a request can look at: None.
    """
    lines = StatementLine.objects.filter(bank=bank, sold_on__gte=window_start())
    is_short = lines[: MOST_AT_ONCE + 1].count() <= MOST_AT_ONCE
    run = Run(match_lines(bank), 0, find_differences(bank)) if is_short else None
    with suppress(AlreadyEnqueued):
        reconcile_bank.configure(queueing_lock=f"billing.reconcile_bank {bank.pk}").defer(bank_id=bank.pk)
    return run


@app.task(name="billing.reconcile_bank")
def reconcile_bank(bank_id: int) -> None:
    reconcile_statements(Bank.objects.get(pk=bank_id))


def reconcile_all() -> None:
    """Every bank with a statement in the window; a bank that fails does not keep the others waiting."""
    loaded = Statement.objects.filter(last_day__gte=window_start()).values("layout__bank")
    for bank in Bank.objects.filter(pk__in=loaded).order_by("pk"):
        try:
            reconcile_statements(bank)
        except Exception:
            logger.exception("The statements of bank %s could not be reconciled.", bank.pk)
