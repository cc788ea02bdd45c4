"""What the answers of banks mean: sales, callbacks, completions, refunds and status queries are all recorded here."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.attempts import engine
from billing.attempts.bookings import book_refund, capture, check_after, mark_unknown, move, move_refund
from billing.attempts.cases import open_case
from billing.attempts.crash_points import crash_point
from billing.attempts.gateway import connect, order_of
from billing.locks import lock_payment
from billing.models import Operation, Payment, PaymentAttempt, Refund, RefundKind
from billing.states import OPEN_STATES, PaymentState, RefundState
from payments.gateways.types import CallbackResult, GatewayResult, OrderState, Outcome, StatusResult


def record_charge(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Write the bank's answer and move the payment as it says, in one transaction.

    False where nothing moved because another process was faster. Anything but an authentic yes or no about our
    order leaves the payment in doubt.
    """
    with transaction.atomic(durable=True):
        if not engine.finish(attempt, result):
            return False
        payment = Payment.objects.get(pk=_payment_id(attempt))
        return apply_outcome(payment, attempt, result)


def apply_outcome(payment: Payment, attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """The move that an outcome stands for."""
    if result.outcome is Outcome.APPROVED:
        return capture(payment, attempt, result)
    if result.outcome is Outcome.DECLINED:
        return move(payment, PaymentState.DECLINED, reason=result.reason, next_check_at=None)
    if result.outcome is Outcome.NOT_SENT:
        return move(payment, PaymentState.FAILED, reason=result.reason, next_check_at=None)
    if result.outcome is Outcome.NEEDS_ACTION:
        return move(
            payment,
            PaymentState.PENDING_3D,
            only_from=(PaymentState.CREATED,),
            next_check_at=payment.expires_at,
            transaction_id=result.references.transaction_id,
        )
    return mark_unknown(payment, result)


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
    gateway, order = connect(payment.pos), order_of(payment)
    result = engine.call(attempt, lambda: gateway.complete_three_d(order, callback))
    moved = record_charge(attempt, result)
    crash_point("complete_three_d.recorded")
    return moved


def record_refund(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Write the bank's answer to a refund or void and move it as it says; an unknown outcome stays reserved.

    False where nothing moved because another process was faster.
    """
    with transaction.atomic(durable=True):
        refund = attempt.refund
        if refund is None or not engine.finish(attempt, result):
            return False
        if result.outcome is Outcome.UNKNOWN:
            return move_refund(refund, RefundState.UNKNOWN)
        Payment.objects.filter(pk=_payment_id(attempt)).update(next_check_at=None)
        if result.outcome is Outcome.APPROVED:
            return book_refund(refund, attempt)
        return move_refund(refund, RefundState.DECLINED)


def record_status(attempt: PaymentAttempt, result: StatusResult) -> None:
    with transaction.atomic(durable=True):
        if not engine.finish(attempt, result):
            return
        payment = lock_payment(_payment_id(attempt))
        settled = result.state is not OrderState.UNKNOWN and not result.mismatches
        if payment.state in OPEN_STATES:
            settled = settled and _settle_payment(payment, attempt, result)
        else:
            for refund in payment.refunds.filter(state__in=[RefundState.PROCESSING, RefundState.UNKNOWN]):
                settled = settled and _settle_refund(refund, attempt, result)
        if settled:
            Payment.objects.filter(pk=payment.pk).update(next_check_at=None)
        elif payment.checks >= settings.RECONCILE_CASE_AFTER:
            open_case(payment, _summary(payment, result))


def _settle_payment(payment: Payment, attempt: PaymentAttempt, result: StatusResult) -> bool:
    """Move an open payment to where the bank says it is; False while that is not known."""
    state = result.state
    if state is OrderState.CAPTURED and result.captured_amount in (None, payment.amount):
        return capture(payment, attempt, result)
    if state is OrderState.DECLINED:
        return move(payment, PaymentState.DECLINED, reason=result.reason)
    if state in (OrderState.VOIDED, OrderState.REFUNDED):  # nothing of it is with us
        return move(payment, PaymentState.FAILED, reason=f"bank_{state}")
    if state is OrderState.NOT_FOUND and not may_be_in_flight(payment):
        return move(payment, PaymentState.FAILED, reason=result.reason)
    return False


def _settle_refund(refund: Refund, attempt: PaymentAttempt, result: StatusResult) -> bool:
    payment = refund.payment
    if refund.kind == RefundKind.VOID:
        if result.state is OrderState.VOIDED:
            return book_refund(refund, attempt)
        if result.state is OrderState.CAPTURED and not may_be_in_flight(payment):
            return move_refund(refund, RefundState.DECLINED)
        return False
    if result.refunded_amount is None:
        return False
    if result.refunded_amount >= payment.refunded_amount + refund.amount:
        return book_refund(refund, attempt)
    if result.refunded_amount == payment.refunded_amount and not may_be_in_flight(payment):
        return move_refund(refund, RefundState.DECLINED)
    return False


def may_be_in_flight(payment: Payment) -> bool:
    """Whether "not found" proves nothing yet: a payer may finish 3-D until it expires, and a bank may still book
    a request that we gave up waiting for.
    """
    now = timezone.now()
    if payment.state == PaymentState.PENDING_3D and payment.expires_at and payment.expires_at > now:
        return True
    latest = payment.attempts.exclude(operation=Operation.STATUS).order_by("-pk").first()
    flight = timedelta(seconds=settings.IN_FLIGHT_SECONDS)
    return latest is not None and latest.started_at > now - flight


def _payment_id(attempt: PaymentAttempt) -> int:
    """Of an attempt that is about a payment; one about a POS alone (a bank's list of a day) moves none."""
    if attempt.payment_id is None:
        raise ValueError("The attempt is about no payment.")
    return attempt.payment_id


def _summary(payment: Payment, result: StatusResult) -> str:
    return (
        f"Asked {payment.checks} times without an answer that settles it. "
        f"Last answer: {result.outcome}, state {result.state}, code {result.raw_code or 'none'}."
    )
