"""Lines that are money of a payment whose outcome our books do not have.

The bank is asked first: its own answer is booked like any other. Where that does not tell, the line is the evidence, up
to the amount that a person may settle alone: a file is as good as whoever has loaded it. Above that a case is opened.
"""

from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from billing.attempts.cases import open_case
from billing.attempts.outcomes import record_listed_refund, record_listed_sale
from billing.errors import GatewayUnavailableError
from billing.models import LineKind, Payment, PaymentAttempt, Refund, StatementLine, StatementMatch
from billing.services import reconcile
from billing.services.approval import settlement_needs_approval
from billing.states import CAPTURED_STATES, RefundState
from payments.gateways.types import OrderState, Outcome, References, StatusResult
from payments.models import Bank

MOST_ASKED = 200
"""Lines of one run: the bank is called for each, and the others have their turn in the next run."""
UNBOOKED_REFUNDS = (RefundState.PROCESSING, RefundState.UNKNOWN, RefundState.DECLINED)


def book_evidence(bank: Bank) -> int:
    """Apply each line once. How many have changed our books."""
    return sum(_sale(lines) for lines in _sales(bank)) + sum(
        _refund(line) for line in _unmatched(bank, "refund")
    )


def _unmatched(bank: Bank, kind: str) -> QuerySet[StatementLine]:
    matches = StatementMatch.objects.filter(line=OuterRef("pk"), ended_at=None)
    known = Payment.objects.filter(order_id=OuterRef("order_id"), pos=OuterRef("pos"))
    if kind == LineKind.SALE:
        known = known.exclude(state__in=CAPTURED_STATES)
    return (
        StatementLine.objects.filter(~Exists(matches), Exists(known), bank=bank, kind=kind)
        .exclude(order_id="")
        .order_by("sold_on", "fingerprint", "occurrence")
    )


def _sales(bank: Bank) -> list[list[StatementLine]]:
    """The lines of each payment: it may have one for each installment."""
    by_payment: dict[tuple[int | None, str], list[StatementLine]] = {}
    for line in _unmatched(bank, LineKind.SALE).filter(occurrence=1)[:MOST_ASKED]:
        by_payment.setdefault((line.pos_id, line.order_id), []).append(line)
    return list(by_payment.values())


def _sale(lines: list[StatementLine]) -> bool:
    first = lines[0]
    payment = Payment.objects.get(order_id=first.order_id, pos=first.pos_id)
    if _is_applied(payment, first):
        return False
    if (answered := _asked(payment, first)) is not None:
        return answered
    if _is_for_two(payment, first.gross):
        return False
    parts = [line for line in lines if line.installment_number is not None]
    gross = sum((line.gross for line in parts), Decimal(0)) if parts else first.gross
    differs = ("currency",) if first.currency != payment.currency else ()
    result = StatusResult(
        outcome=Outcome.APPROVED,
        state=OrderState.CAPTURED,
        order_id=first.order_id,
        amount=gross,
        captured_amount=gross,
        currency=first.currency,
        mismatches=differs,
        references=_references(first),
    )
    return record_listed_sale(payment, result, note=_note(first))


def _refund(line: StatementLine) -> bool:
    payment = Payment.objects.get(order_id=line.order_id, pos=line.pos_id)
    refunds = list(
        Refund.objects.filter(payment=payment, amount=line.gross, state__in=UNBOOKED_REFUNDS).order_by("pk")
    )
    if not refunds or line.currency != payment.currency or _is_applied(payment, line):
        return False
    if (answered := _asked(payment, line)) is not None:
        return answered
    refunds[0].refresh_from_db()
    if refunds[0].state not in UNBOOKED_REFUNDS:
        return True
    if _is_for_two(payment, line.gross):
        return False
    result = StatusResult(outcome=Outcome.APPROVED, references=_references(line))
    return record_listed_refund(refunds[0], result, note=_note(line))


def _asked(payment: Payment, line: StatementLine) -> bool | None:
    """Ask the bank. Whether its answer has changed our books; None where the line is still not explained."""
    before = payment.ledger.count()
    try:
        reconcile.query_status(payment, note=_note(line))
    except GatewayUnavailableError:  # busy: the next run asks
        return False
    return True if payment.ledger.count() > before else None


def _is_for_two(payment: Payment, amount: Decimal) -> bool:
    if not settlement_needs_approval(payment, amount):
        return False
    open_case(
        payment,
        f"The bank's statement lists {amount} {payment.currency}, which its answers do not confirm. It was not booked: "
        "the amount takes two people. Settle the payment once the bank has confirmed it.",
    )
    return True


def _references(line: StatementLine) -> References:
    return References(auth_code=line.auth_code, host_reference=line.host_reference)


def _note(line: StatementLine) -> str:
    return f"Statement line {line.pk}"


def _is_applied(payment: Payment, line: StatementLine) -> bool:
    return PaymentAttempt.objects.filter(payment=payment, details__note=_note(line)).exists()
