"""Asking the bank: about what is in doubt, at widening delays and before any other action. It never guesses."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.attempts import bank
from billing.attempts.bookings import capture, check_after, give_back, move, move_refund
from billing.attempts.cases import open_case
from billing.attempts.crash_points import reach
from billing.card_numbers import refuse_card_number_in
from billing.locks import lock_payment
from billing.models import Operation, Payment, PaymentAttempt, Refund, RefundKind
from billing.states import OPEN_STATES, PaymentState, RefundState
from payments.gateways.types import Capability, OrderState, StatusQuery, StatusResult

_MONEY_OPERATIONS = (Operation.SALE, Operation.START_THREE_D, Operation.COMPLETE_THREE_D)


def due(limit: int = 20) -> list[int]:
    """Claim payments whose time has come; other workers get others. The claim is committed before any call."""
    with transaction.atomic(durable=True):
        payments = list(
            Payment.objects.select_for_update(skip_locked=True)
            .filter(next_check_at__lte=timezone.now())
            .order_by("next_check_at")[:limit]
        )
        for payment in payments:
            Payment.objects.filter(pk=payment.pk).update(
                next_check_at=check_after(payment.checks + 1), checks=payment.checks + 1
            )
    return [payment.pk for payment in payments]


def can_ask(payment: Payment) -> bool:
    return payment.pos is not None and bank.gateway_of(payment.pos).can(Capability.STATUS)


def ask(payment: Payment, *, user_id: int | None = None, note: str = "") -> Payment:
    """Ask the bank's books and book what they say. `note` is why a person asks."""
    refuse_card_number_in("reason", note)
    if not can_ask(payment):
        return payment
    gateway = bank.gateway_of(payment.pos)
    with transaction.atomic(durable=True):
        attempt = bank.begin(payment, Operation.STATUS, asked_by_id=user_id, note=note)
    reach("reconcile.claimed")
    query = StatusQuery(
        order=bank.order_of(payment),
        references=bank.references_of(payment),
        last_operation=_last_operation(payment),
    )
    result = bank.call(attempt, lambda: gateway.status(query))
    reach("reconcile.answered")
    _record(attempt, result)
    payment.refresh_from_db()
    return payment


def _record(attempt: PaymentAttempt, result: StatusResult) -> None:
    with transaction.atomic(durable=True):
        if not bank.finish(attempt, result):
            return
        payment = lock_payment(attempt.payment_id)
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
            return give_back(refund, attempt)
        if result.state is OrderState.CAPTURED and not may_be_in_flight(payment):
            return move_refund(refund, RefundState.DECLINED)
        return False
    if result.refunded_amount is None:
        return False
    if result.refunded_amount >= payment.refunded_amount + refund.amount:
        return give_back(refund, attempt)
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


def _last_operation(payment: Payment) -> str:
    attempt = payment.attempts.filter(operation__in=_MONEY_OPERATIONS).order_by("-pk").first()
    return attempt.operation if attempt else ""


def _summary(payment: Payment, result: StatusResult) -> str:
    return (
        f"Asked {payment.checks} times without an answer that settles it. "
        f"Last answer: {result.outcome}, state {result.state}, code {result.raw_code or 'none'}."
    )
