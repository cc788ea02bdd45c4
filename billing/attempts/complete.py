"""The one door for outcomes of a charge: sale, browser return, server callback and reconciler all come here."""

from django.db import transaction

from billing.attempts import bank
from billing.attempts.bookings import capture, check_after, doubt, move
from billing.attempts.crash_points import reach
from billing.models import Operation, Payment, PaymentAttempt
from billing.states import PaymentState
from payments.gateways.types import CallbackResult, GatewayResult, Outcome


def record(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Write the bank's answer and move the payment as it says. False where nothing moved: a lost race.

    One short transaction. What is not an authentic yes or no about our order leaves the payment in doubt.
    """
    with transaction.atomic(durable=True):
        if not bank.finish(attempt, result):
            return False
        payment = Payment.objects.get(pk=attempt.payment_id)
        return apply(payment, attempt, result)


def apply(payment: Payment, attempt: PaymentAttempt, result: GatewayResult) -> bool:
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
    return doubt(payment, result)


def complete_three_d(payment: Payment, callback: CallbackResult) -> bool:
    """Ask for the money that the payer has confirmed. The claim lets one caller through, whoever comes twice."""
    with transaction.atomic(durable=True):
        # a crash from here on is found by the reconciler
        if not move(
            payment,
            PaymentState.PROCESSING,
            only_from=(PaymentState.PENDING_3D,),
            next_check_at=check_after(0),
        ):
            return False
        attempt = bank.begin(payment, Operation.COMPLETE_THREE_D)
    reach("complete.claimed")
    gateway = bank.gateway_of(payment.pos)
    result = bank.call(attempt, lambda: gateway.complete_three_d(bank.order_of(payment), callback))
    reach("complete.answered")
    moved = record(attempt, result)
    reach("complete.recorded")
    return moved
