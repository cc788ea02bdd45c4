"""Applies evidence to refunds and voids: the bank's answers, and status queries for those with an unknown outcome."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.attempts import engine
from billing.attempts.bookings import (
    add_refund_references,
    book_refund,
    move_refund,
)
from billing.attempts.cases import open_case
from billing.attempts.clock import day_end, recheck_after
from billing.attempts.evidence import Evidence, Finding, evidence_of_answer
from billing.attempts.in_flight import refund_may_be_in_flight
from billing.locks import lock_payment
from billing.models import Operation, Payment, PaymentAttempt, Refund, RefundKind
from billing.states import (
    OPEN_STATES,
    SENT_REFUND_STATES,
    RefundState,
)
from payments.gateways.types import (
    GatewayResult,
    Outcome,
    Reason,
    References,
)

MOST_UNHEARD = 8
"""Of one payment that are looked through, the latest first."""


def record_refund(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Record and apply the bank's answer to a refund or void. False if another process was faster.

    The amount stays reserved while the outcome is unknown. If the bank has not closed its day yet, the refund is
    scheduled for after the day's end.
    """
    with transaction.atomic(durable=True):
        return apply_refund_answer(attempt, result)


def apply_refund_answer(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Like `record_refund`, in the caller's transaction."""
    if attempt.refund_id is None or not engine.finish(attempt, result):
        return False
    payment = lock_payment(engine.payment_id_of(attempt))
    refund = Refund.objects.get(pk=attempt.refund_id)
    if result.mismatches and result.payment_approved:
        open_case(payment, evidence_of_answer(result).text)
    if result.outcome is Outcome.UNKNOWN:
        return move_refund(refund, RefundState.UNKNOWN)
    if result.outcome is Outcome.APPROVED:
        moved = _book_refund(payment, refund, attempt, result.references)
        add_refund_references(refund, result.references)
    elif result.reason == Reason.NOT_SETTLED:
        moved = move_refund(refund, RefundState.SCHEDULED, send_after=day_end(payment.channel))
    else:
        moved = move_refund(
            refund, RefundState.DECLINED, only_from=(RefundState.PROCESSING, RefundState.UNKNOWN)
        )
    clear_next_query(payment)
    return moved


def settle_refunds(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> None:
    """Settle the refund with an unknown outcome (a constraint allows one at a time) by the refunded sum at the bank.

    The refund was made if the sum is what we had booked plus the refund, and was not if it is what we had booked. Any
    other sum books nothing and opens a case.
    """
    if evidence.finding is Finding.RETURNED:
        told: Decimal | None = payment.captured_amount
    elif evidence.finding is Finding.TAKEN:
        told = evidence.refunded_amount
    else:
        return
    booked, sent = payment.refunded_amount, sent_refunds(payment).first()
    if told is None and sent is not None and sent.kind == RefundKind.VOID:
        told = booked  # still captured: the void was not made
    if told is None:
        return
    made = _find_made(payment, sent, told - booked, in_one=evidence.voided)
    if made:
        for refund in made:
            payment.refresh_from_db()  # the one before has changed its sums
            _book_refund(payment, refund, attempt, References())
    elif told == booked:
        if sent is not None and not refund_may_be_in_flight(sent):
            move_refund(sent, RefundState.DECLINED)
            start_rechecks(payment)
    elif payment.pos_id is not None:
        open_case(payment, f"The refunded amount is {told} at the bank and {booked} {payment.currency} here.")


def _find_made(payment: Payment, sent: Refund | None, amount: Decimal, *, in_one: bool) -> Sequence[Refund]:
    """The refunds of together `amount` that the bank has made: the one with an unknown outcome where it is the amount,
    else that one and the unheard, as far as they add up to it; only a single one with `in_one`. Empty if different
    amounts of them do.
    """
    if sent is not None and sent.amount == amount:
        return (sent,)
    candidates = [*([sent] if sent is not None else []), *unheard_refunds(payment)[:MOST_UNHEARD]]
    sizes = (1,) if in_one else range(1, len(candidates) + 1)
    found = [
        chosen
        for size in sizes
        for chosen in combinations(candidates, size)
        if sum(refund.amount for refund in chosen) == amount
    ]
    readings = {tuple(sorted(refund.amount for refund in chosen)) for chosen in found}
    return found[0] if len(readings) == 1 else ()


def _book_refund(payment: Payment, refund: Refund, attempt: PaymentAttempt, references: References) -> bool:
    """Also books a refund that had ended as declined, unless its reserve is gone; both open a case."""
    if refund.state == RefundState.DECLINED and refund.amount > payment.refundable_amount:
        _make_room(payment, refund)
        payment.refresh_from_db()
    if refund.state == RefundState.DECLINED and refund.amount > payment.refundable_amount:
        open_case(
            payment,
            f"The bank made refund {refund.pk} of {refund.amount} {payment.currency} after it had ended as declined. "
            "It was not booked: it exceeds the payment's refundable amount.",
        )
        return False
    if refund.state == RefundState.DECLINED:
        open_case(payment, f"The bank made refund {refund.pk} after it had ended as declined. It was booked.")
    return book_refund(refund, attempt, references)


def _make_room(payment: Payment, made: Refund) -> None:
    """Refunds that the bank has not made give way, the latest first, to one that it has made: those that were not sent
    yet, then the one in doubt unless it may still arrive.
    """
    open_ones = payment.refunds.order_by("-pk")
    missing = made.amount - payment.refundable_amount
    note = f"The bank has made refund {made.pk}, which had ended as declined."
    for refund in open_ones.filter(state__in=[RefundState.SCHEDULED, RefundState.WAITING]):
        if missing > 0 and move_refund(refund, RefundState.REJECTED, decision_note=note):
            missing -= refund.amount
    doubtful = sent_refunds(payment).first()
    if missing > 0 and doubtful is not None and not refund_may_be_in_flight(doubtful):
        move_refund(doubtful, RefundState.DECLINED)
        start_rechecks(payment)


def unheard_refunds(payment: Payment) -> QuerySet[Refund]:
    """Refunds that were declined because a status query did not show them, or a person said so. The bank did not
    refuse them. The latest first.
    """
    answered = PaymentAttempt.objects.filter(
        refund=OuterRef("pk"), outcome__in=[Outcome.DECLINED, Outcome.NOT_SENT]
    ).exclude(operation=Operation.PERSON)
    return payment.refunds.filter(~Q(Exists(answered)), state=RefundState.DECLINED).order_by("-pk")


def clear_next_query(payment: Payment) -> None:
    """Cancel the next status query, unless the outcome of the payment or a refund is still unknown.

    An earlier refund that ended without the bank's answer is rechecked: the bank may have made it late.
    """
    stored = Payment.objects.get(pk=payment.pk)
    if stored.state in OPEN_STATES or sent_refunds(stored).exists():
        return
    if unheard_refunds(stored).exists():
        start_rechecks(stored)
    else:
        Payment.objects.filter(pk=payment.pk).update(next_check_at=None)


def start_rechecks(payment: Payment) -> None:
    """Query again at RECHECK_DELAYS from now on."""
    Payment.objects.filter(pk=payment.pk).update(checks=0, next_check_at=recheck_after(0))


def sent_refunds(payment: Payment) -> QuerySet[Refund]:
    return payment.refunds.filter(state__in=SENT_REFUND_STATES)
