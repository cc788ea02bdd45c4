"""What evidence does to a payment and to a refund: the tables, and the short transactions that apply them.

Sales, callbacks, completions, status queries, refunds and people all end here. Evidence is never dropped: an
authentic word that money moved is booked or opens a case, whatever our row said before.
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
    REFUNDS_IN_DOUBT,
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
    """Write the bank's answer to a sale or completion and apply it, in one transaction; False where nothing moved."""
    with transaction.atomic(durable=True):
        if not engine.finish(attempt, result):
            return False
        payment = lock_payment(engine.payment_id_of(attempt))
        return apply_evidence(payment, attempt, evidence_of_answer(result))


def record_callback(payment: Payment, result: CallbackResult) -> bool:
    """The same for a callback that tells the end: paid at the bank's page, or refused."""
    with transaction.atomic(durable=True):
        attempt = engine.begin(payment, Operation.CALLBACK)
        engine.finish(attempt, result)
        return apply_evidence(lock_payment(payment.pk), attempt, evidence_of_answer(result))


def record_status(attempt: PaymentAttempt, result: StatusResult) -> None:
    """The same for a status query, which also tells of the refunds in doubt."""
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
    """Ask for the money that the payer has confirmed. Of several callers one gets through, the others get False."""
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
    """Do what the table says; the caller holds the payment's lock. False where nothing moved."""
    open_action, ended_action, captured_action = CHARGE_TABLE[evidence.finding]
    if payment.state in OPEN_STATES:
        return open_action(payment, attempt, evidence)
    if payment.state in ENDED_STATES:
        return ended_action(payment, attempt, evidence)
    return captured_action(payment, attempt, evidence)


def _capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return capture(payment, attempt, evidence.references)


def _capture_late(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """The bank took the money of a payment that had ended: booked, to its bills where they are open."""
    ended_as = payment.get_state_display()
    if not capture(payment, attempt, evidence.references, is_late=True):
        return False
    open_case(
        payment,
        f"The bank took the money after this payment had ended ({ended_as}). It is booked: to the bills that are "
        "still open, the rest as the account's credit. Tell the customer, who may have paid again.",
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
    """A status query without an answer leaves the state as it is; the next one is scheduled already."""
    if attempt.operation == Operation.STATUS:
        return False
    return mark_unknown(payment, evidence.reason)


def _not_found(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Frees the bills once nothing can be in flight any more. The bank is queried again later all the same."""
    if may_be_in_flight(payment):
        return False
    return move(
        payment, PaymentState.FAILED, reason=Reason.NOT_FOUND, checks=0, next_check_at=recheck_after(0)
    )


def _pending(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """A 3-D Secure that nobody finished in time ends like an order that the bank does not know.

    Only where we have not asked for the money: a completion in doubt may still be booked.
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
    """Ours: a refund or void in doubt explains it. Otherwise somebody gave the money back at the bank's panel."""
    explained = payment.refunded_amount >= payment.captured_amount or _refunds_in_doubt(payment).exists()
    if not explained:
        open_case(payment, f"The bank has given the money back, our books have not. {evidence.text}")
    return False


def _nothing(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return False


CHARGE_TABLE: dict[Finding, tuple[Action, Action, Action]] = {
    #                      open             ended            captured, also where it was given back since
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
"""What is done on which evidence. Open: the outcome is not known; ended: declined or failed."""


def schedule_next_query(payment_id: int, evidence: Evidence) -> None:
    """After a status query: when to query next, and a case for a person once queries have not helped."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state in OPEN_STATES or _refunds_in_doubt(payment).exists():
        if payment.checks >= settings.RECONCILE_CASE_AFTER:
            open_case(
                payment, f"Queried {payment.checks} times without an answer that settles it. {evidence.text}"
            )
        return  # the claim of this query has scheduled the next one
    if payment.next_check_at is not None:
        unheard = _unheard_refund(payment) or payment.state == PaymentState.FAILED
        again = (
            recheck_after(payment.checks) if unheard and evidence.finding is not Finding.RETURNED else None
        )
        Payment.objects.filter(pk=payment_id).update(next_check_at=again)


# --- refunds ----------------------------------------------------------------------------------------------------


def record_refund(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Write the bank's answer to a refund or void and move it as it says; an unknown outcome stays reserved.

    False where nothing moved because another process was faster. A refund that is too early for the bank (its day
    is not closed) is scheduled for after the day's end.
    """
    with transaction.atomic(durable=True):
        return apply_refund_answer(attempt, result)


def apply_refund_answer(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """As `record_refund`, in the caller's transaction."""
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
    """What the bank's books say of the refund that is in doubt (a constraint allows one at a time).

    The sum that the bank tells is compared with what was booked before: ours plus the refund, or ours without it.
    Any other sum books nothing and opens a case.
    """
    if evidence.finding is Finding.RETURNED:
        told: Decimal | None = payment.captured_amount
    elif evidence.finding is Finding.TAKEN:
        told = evidence.refunded_amount
    else:
        return
    booked = payment.refunded_amount
    refund = _refunds_in_doubt(payment).first() or _unheard_refund(payment)
    if told is None and refund is not None and refund.kind == RefundKind.VOID:
        told = booked  # captured still: the void was not made
    if told is None:
        return
    if refund is not None and told == booked + refund.amount:
        _book_refund(payment, refund, attempt, References())
    elif told == booked:
        if refund is not None and refund.state in REFUNDS_IN_DOUBT and not refund_may_be_in_flight(refund):
            move_refund(refund, RefundState.DECLINED)
    elif payment.pos_id is not None:
        open_case(payment, f"The bank has given back {told}, our books say {booked} {payment.currency}.")


def _book_refund(payment: Payment, refund: Refund, attempt: PaymentAttempt, references: References) -> bool:
    """Also where it ended as declined before: then its reserve may be gone, and a person must look."""
    if refund.state == RefundState.DECLINED and refund.amount > payment.refundable_amount:
        open_case(
            payment,
            f"The bank made refund {refund.pk} of {refund.amount} {payment.currency} after it had ended, and so much "
            "is not left of the payment.",
        )
        return False
    if refund.state == RefundState.DECLINED:
        open_case(payment, f"The bank made refund {refund.pk} after it had ended as declined. It is booked.")
    return book_refund(refund, attempt, references)


def _unheard_refund(payment: Payment) -> Refund | None:
    """A refund that ended because the bank's books did not show it, never because the bank refused it."""
    refused = PaymentAttempt.objects.filter(refund=OuterRef("pk"), outcome=Outcome.DECLINED)
    unheard = payment.refunds.filter(~Q(Exists(refused)), state=RefundState.DECLINED)
    return unheard.order_by("-pk").first()


def query_soon(payment: Payment) -> None:
    """Let the reconciler query the bank now: something was said that only its books can settle."""
    if payment.state in OPEN_STATES:
        Payment.objects.filter(pk=payment.pk, state__in=OPEN_STATES).update(next_check_at=Now())


def clear_next_query(payment: Payment) -> None:
    """No more queries, unless something of the payment is still in doubt."""
    stored = Payment.objects.get(pk=payment.pk)
    if stored.state not in OPEN_STATES and not _refunds_in_doubt(stored).exists():
        Payment.objects.filter(pk=payment.pk).update(next_check_at=None)


def _refunds_in_doubt(payment: Payment) -> QuerySet[Refund]:
    return payment.refunds.filter(state__in=REFUNDS_IN_DOUBT)
