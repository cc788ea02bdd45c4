"""Lines that are money of a payment whose outcome our books do not have: evidence, applied like any other."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from billing.attempts.outcomes import record_listed_refund, record_listed_sale
from billing.models import LineKind, Operation, Payment, PaymentAttempt, Refund, StatementLine, StatementMatch
from billing.states import CAPTURED_STATES, RefundState
from payments.gateways.types import OrderState, Outcome, References, StatusResult
from payments.models import Bank

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
    for line in _unmatched(bank, LineKind.SALE).filter(occurrence=1):
        by_payment.setdefault((line.pos_id, line.order_id), []).append(line)
    return list(by_payment.values())


def _sale(lines: list[StatementLine]) -> bool:
    first = lines[0]
    payment = Payment.objects.get(order_id=first.order_id, pos=first.pos_id)
    if _is_applied(payment, first):
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
    result = StatusResult(outcome=Outcome.APPROVED, references=_references(line))
    return record_listed_refund(refunds[0], result, note=_note(line))


def _references(line: StatementLine) -> References:
    return References(auth_code=line.auth_code, host_reference=line.host_reference)


def _note(line: StatementLine) -> str:
    return f"Statement line {line.pk}"


def _is_applied(payment: Payment, line: StatementLine) -> bool:
    return PaymentAttempt.objects.filter(
        payment=payment, operation=Operation.STATEMENT, details__note=_note(line)
    ).exists()
