"""One run over a bank's statements: match, apply what is evidence, match what that has booked, list what is left."""

from dataclasses import dataclass

from billing.statements.differences import find_differences
from billing.statements.evidence import book_evidence
from billing.statements.matching import match_lines
from payments.models import Bank


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
