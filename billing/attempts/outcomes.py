"""Applies evidence to payments and refunds, in short transactions.

Sales, callbacks, completions, status queries, refunds and manual settlements all end here. Evidence is never dropped:
an authentic message that money moved is booked or opens a case, whatever our row says.
"""

from collections.abc import Callable
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from billing.attempts import engine
from billing.attempts.bookings import (
    add_refund_references,
    book_refund,
    capture,
    mark_unknown,
    move,
    move_refund,
)
from billing.attempts.cases import open_case
from billing.attempts.clock import check_after, day_end, recheck_after
from billing.attempts.crash_points import crash_point
from billing.attempts.evidence import Evidence, Finding, evidence_of_answer, evidence_of_status
from billing.attempts.gateway import connect_for, order_of
from billing.attempts.in_flight import may_be_in_flight, refund_may_be_in_flight
from billing.errors import GatewayUnavailableError
from billing.locks import lock_payment
from billing.models import Operation, Payment, PaymentAttempt, Refund, RefundKind
from billing.states import (
    CAPTURED_STATES,
    ENDED_STATES,
    OPEN_STATES,
    SENT_REFUND_STATES,
    PaymentState,
    RefundState,
)
from payments.gateways.types import (
    CallbackResult,
    GatewayResult,
    Outcome,
    Reason,
    References,
    StatusResult,
)

Action = Callable[[Payment, PaymentAttempt, Evidence], bool]


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


# --- the table of a charge --------------------------------------------------------------------------------------


def apply_evidence(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Apply CHARGE_TABLE. The caller must hold the payment's lock. False if no state changed."""
    open_action, ended_action, captured_action = CHARGE_TABLE[evidence.finding]
    if payment.state in OPEN_STATES:
        return open_action(payment, attempt, evidence)
    if payment.state in ENDED_STATES:
        return ended_action(payment, attempt, evidence)
    return captured_action(payment, attempt, evidence)


def _capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return capture(payment, attempt, evidence.references)


def _capture_late(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Book a capture of a payment that had ended, and open a case."""
    ended_as = payment.get_state_display()
    if not capture(payment, attempt, evidence.references, is_late=True):
        return False
    open_case(
        payment,
        f"The bank took the money after this payment had ended ({ended_as}). It was booked: allocated to bills that "
        "are still open, the rest unallocated. Contact the customer, who may have paid again.",
    )
    return True


def _decline(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return move(payment, PaymentState.DECLINED, reason=evidence.reason, next_check_at=None)


def _fail(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return move(payment, PaymentState.FAILED, reason=evidence.reason, next_check_at=None)


def _wait_for_payer(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return move(
        payment,
        PaymentState.PENDING_3D,
        only_from=(PaymentState.CREATED,),
        next_check_at=payment.expires_at,
        transaction_id=evidence.references.transaction_id,
    )


def _doubt(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """A status query without an answer changes nothing; the next one is already scheduled."""
    if attempt.operation == Operation.STATUS:
        return False
    return mark_unknown(payment, evidence.reason)


def _not_found(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Fails the payment, which releases its bills, unless a request may be in flight. Queries continue."""
    if may_be_in_flight(payment):
        return False
    return move(
        payment, PaymentState.FAILED, reason=Reason.NOT_FOUND, checks=0, next_check_at=recheck_after(0)
    )


def _pending(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """An unfinished 3-D Secure ends like an order that the bank does not know.

    Not if a sale or completion was sent: the bank may still book it.
    """
    asked_for_money = payment.attempts.filter(
        operation__in=[Operation.SALE, Operation.COMPLETE_THREE_D]
    ).exists()
    if asked_for_money or not payment.is_three_d:
        return False
    return _not_found(payment, attempt, evidence)


def _contradicts(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    open_case(payment, evidence.text)
    return payment.state in OPEN_STATES and mark_unknown(payment, evidence.reason)


def _declined_after_capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    if attempt.operation in (Operation.STATUS, Operation.PERSON):
        open_case(payment, f"Our payment is captured, the bank says it was not. {evidence.text}")
    return False


def _missing_after_capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    open_case(payment, f"Our payment is captured, the bank does not know it. {evidence.text}")
    return False


def _returned_after_capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Opens a case unless a refund or void of ours explains it: it may have been made in the bank's portal."""
    explained = payment.refunded_amount >= payment.captured_amount or _sent_refunds(payment).exists()
    if not explained:
        open_case(payment, f"The bank has given the money back, our books have not. {evidence.text}")
    return False


def _nothing(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return False


CHARGE_TABLE: dict[Finding, tuple[Action, Action, Action]] = {
    #                      open             ended            captured, also if refunded since
    Finding.TAKEN: (_capture, _capture_late, _nothing),
    Finding.NOT_TAKEN: (_decline, _nothing, _declined_after_capture),
    Finding.NOT_SENT: (_fail, _nothing, _nothing),
    Finding.PAYER_NEEDED: (_wait_for_payer, _nothing, _nothing),
    Finding.PENDING: (_pending, _nothing, _nothing),
    Finding.RETURNED: (_fail, _nothing, _returned_after_capture),
    Finding.NOT_FOUND: (_not_found, _nothing, _missing_after_capture),
    Finding.CONTRADICTS: (_contradicts, _contradicts, _contradicts),
    Finding.NOTHING: (_doubt, _nothing, _nothing),
}
"""The action for each finding, by the payment's state. Open: outcome not known; ended: declined or failed."""


def schedule_next_query(payment_id: int, evidence: Evidence) -> None:
    """After a status query: schedule the next one, or open a case after RECONCILE_CASE_AFTER queries."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state in OPEN_STATES or _sent_refunds(payment).exists():
        if payment.checks >= settings.RECONCILE_CASE_AFTER:
            open_case(
                payment, f"Queried {payment.checks} times without an answer that settles it. {evidence.text}"
            )
        return  # `claim_due` has already scheduled the next query
    if payment.next_check_at is not None:
        unheard = _unheard_refund(payment) or payment.state == PaymentState.FAILED
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
        open_case(payment, f"The bank has given back {told}, our books say {booked} {payment.currency}.")


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


def clear_next_query(payment: Payment) -> None:
    """Cancel the next status query, unless the outcome of the payment or a refund is still unknown."""
    stored = Payment.objects.get(pk=payment.pk)
    if stored.state not in OPEN_STATES and not _sent_refunds(stored).exists():
        Payment.objects.filter(pk=payment.pk).update(next_check_at=None)


def _sent_refunds(payment: Payment) -> QuerySet[Refund]:
    return payment.refunds.filter(state__in=SENT_REFUND_STATES)
