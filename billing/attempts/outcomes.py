"""Applies evidence to payments and refunds, in short transactions.

Sales, callbacks, completions, status queries, refunds and manual settlements all end here. Evidence is never dropped:
an authentic message that money moved is booked or opens a case, whatever our row says.
"""

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from billing.attempts import engine
from billing.attempts.bookings import (
    move,
)
from billing.attempts.cases import open_case
from billing.attempts.charge_table import apply_evidence
from billing.attempts.clock import check_after, recheck_after
from billing.attempts.crash_points import crash_point
from billing.attempts.evidence import Evidence, Finding, evidence_of_answer, evidence_of_status
from billing.attempts.gateway import connect_for, order_of
from billing.attempts.refund_outcomes import sent_refunds, settle_refunds, unheard_refund
from billing.errors import GatewayUnavailableError
from billing.locks import lock_payment
from billing.models import Operation, Payment, PaymentAttempt
from billing.states import (
    CAPTURED_STATES,
    OPEN_STATES,
    PaymentState,
)
from payments.gateways.types import (
    CallbackResult,
    GatewayResult,
    Outcome,
    Reason,
    StatusResult,
)


def record_charge(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Record and apply the bank's answer to a sale or completion. False if no state changed."""
    with transaction.atomic(durable=True):
        if not engine.finish(attempt, result):
            return False
        payment = lock_payment(engine.payment_id_of(attempt))
        return apply_evidence(payment, attempt, evidence_of_answer(result))


def record_callback(payment: Payment, result: CallbackResult) -> bool:
    """Record and apply a callback with a final result: paid or refused on the bank's page."""
    with transaction.atomic(durable=True):
        attempt = engine.begin(payment, Operation.CALLBACK)
        engine.finish(attempt, result)
        return apply_evidence(lock_payment(payment.pk), attempt, evidence_of_answer(result))


def record_status(attempt: PaymentAttempt, result: StatusResult) -> None:
    """Record and apply the answer to a status query, which also settles refunds with an unknown outcome."""
    with transaction.atomic(durable=True):
        if not engine.finish(attempt, result):
            return
        payment = lock_payment(engine.payment_id_of(attempt))
        evidence = evidence_of_status(payment, result)
        before = payment.state
        apply_evidence(payment, attempt, evidence)
        if before in CAPTURED_STATES:
            settle_refunds(payment, attempt, evidence)
        schedule_next_query(payment.pk, evidence)


def complete_three_d(payment: Payment, callback: CallbackResult) -> bool:
    """Charge a payment after authentication. Of concurrent callers only the first one does; the others get False."""
    with transaction.atomic(durable=True):
        # the reconciler finds a crash from here on
        if not move(
            payment,
            PaymentState.PROCESSING,
            only_from=(PaymentState.PENDING_3D,),
            next_check_at=check_after(0),
        ):
            return False
        attempt = engine.begin(payment, Operation.COMPLETE_THREE_D)
    gateway, order = connect_for(payment), order_of(payment)
    try:
        result = engine.call(attempt, lambda: gateway.complete_three_d(order, callback))
    except GatewayUnavailableError:
        result = GatewayResult(outcome=Outcome.NOT_SENT, reason=Reason.NOT_REACHED)
    moved = record_charge(attempt, result)
    crash_point("complete_three_d.recorded")
    return moved


def schedule_next_query(payment_id: int, evidence: Evidence) -> None:
    """After a status query: schedule the next one, or open a case after RECONCILE_CASE_AFTER queries."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state in OPEN_STATES or sent_refunds(payment).exists():
        if payment.checks >= settings.RECONCILE_CASE_AFTER:
            open_case(
                payment, f"Queried {payment.checks} times without an answer that settles it. {evidence.text}"
            )
        return  # `claim_due` has already scheduled the next query
    if payment.next_check_at is not None:
        unheard = unheard_refund(payment) or payment.state == PaymentState.FAILED
        again = (
            recheck_after(payment.checks) if unheard and evidence.finding is not Finding.RETURNED else None
        )
        Payment.objects.filter(pk=payment_id).update(next_check_at=again)


# --- refunds ----------------------------------------------------------------------------------------------------


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
    booked = payment.refunded_amount
    refund = _sent_refunds(payment).first() or _unheard_refund(payment)
    if told is None and refund is not None and refund.kind == RefundKind.VOID:
        told = booked  # still captured: the void was not made
    if told is None:
        return
    if refund is not None and told == booked + refund.amount:
        _book_refund(payment, refund, attempt, References())
    elif told == booked:
        if refund is not None and refund.state in SENT_REFUND_STATES and not refund_may_be_in_flight(refund):
            move_refund(refund, RefundState.DECLINED)
    elif payment.pos_id is not None:
        open_case(
            payment,
            f"The refunded amount is {told} at the bank and {booked} {payment.currency} here.",
        )


def _book_refund(payment: Payment, refund: Refund, attempt: PaymentAttempt, references: References) -> bool:
    """Also books a refund that had ended as declined, unless its reserve is gone; both open a case."""
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


def _unheard_refund(payment: Payment) -> Refund | None:
    """The latest refund that was declined because a status query did not show it, not because the bank refused it."""
    refused = PaymentAttempt.objects.filter(refund=OuterRef("pk"), outcome=Outcome.DECLINED)
    unheard = payment.refunds.filter(~Q(Exists(refused)), state=RefundState.DECLINED)
    return unheard.order_by("-pk").first()


def query_soon(payment: Payment) -> None:
    """Schedule a status query for now, if the payment's outcome is unknown."""
    if payment.state in OPEN_STATES:
        Payment.objects.filter(pk=payment.pk, state__in=OPEN_STATES).update(next_check_at=Now())
