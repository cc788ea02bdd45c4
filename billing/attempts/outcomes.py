"""Applies evidence to payments and refunds, in short transactions.

Sales, callbacks, completions, status queries, refunds and manual settlements all end here. Evidence is never dropped:
an authentic message that money moved is booked or opens a case, whatever our row says.
"""

from django.conf import settings
from django.db import transaction
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from billing.attempts import engine
from billing.attempts.bookings import (
    move,
)
from billing.attempts.cases import open_case
from billing.attempts.charge_table import apply_evidence
from billing.attempts.clock import check_after, recheck_after, repeated_recheck_after
from billing.attempts.crash_points import crash_point
from billing.attempts.evidence import Evidence, Finding, evidence_of_answer, evidence_of_status
from billing.attempts.gateway import connect_for, order_of
from billing.attempts.refund_outcomes import (
    apply_refund_answer,
    sent_refunds,
    settle_refunds,
    unheard_refunds,
)
from billing.errors import GatewayUnavailableError
from billing.locks import lock_payment
from billing.models import Operation, Payment, PaymentAttempt, Refund
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


def record_listed_sale(payment: Payment, result: StatusResult, *, note: str) -> bool:
    """Apply a line of the bank's statement that says it took the payment's money. False if no state changed."""
    with transaction.atomic(durable=True):
        attempt = engine.begin(payment, Operation.STATEMENT, note=note)
        engine.finish(attempt, result)
        locked = lock_payment(payment.pk)
        return apply_evidence(locked, attempt, evidence_of_status(locked, result))


def record_listed_refund(refund: Refund, result: GatewayResult, *, note: str) -> bool:
    """Apply a line of the bank's statement that says it made the refund."""
    with transaction.atomic(durable=True):
        attempt = engine.begin(refund.payment, Operation.STATEMENT, refund=refund, note=note)
        return apply_refund_answer(attempt, result)


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
        Payment.objects.filter(pk=payment_id).update(next_check_at=_next_recheck(payment, evidence))


def _next_recheck(payment: Payment, evidence: Evidence) -> Combinable | None:
    unheard = payment.state == PaymentState.FAILED or unheard_refunds(payment).exists()
    if not unheard or evidence.finding is Finding.RETURNED:
        return None
    if evidence.finding is Finding.NOTHING:
        return repeated_recheck_after(payment.checks)
    return recheck_after(payment.checks)


def query_soon(payment: Payment) -> None:
    """Schedule a status query for now, if the payment's outcome is unknown."""
    if payment.state in OPEN_STATES:
        Payment.objects.filter(pk=payment.pk, state__in=OPEN_STATES).update(next_check_at=Now())
