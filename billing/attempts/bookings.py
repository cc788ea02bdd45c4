"""Moves of payments and refunds: conditional UPDATEs whose row count is the answer. Money is booked here only."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.hub.outbox import wake
from billing.locks import lock_bills, lock_payment
from billing.models import (
    Allocation,
    Bill,
    LedgerEntry,
    LedgerKind,
    Payment,
    PaymentAttempt,
    Refund,
    RefundKind,
)
from billing.states import PAYMENT_MOVES, REFUND_MOVES, PaymentState, RefundState
from payments.gateways.types import GatewayResult


def move(
    payment: Payment, to: PaymentState, *, only_from: tuple[PaymentState, ...] = (), **fields: Any
) -> bool:
    """Move if the state allows it (or, narrower, is one of `only_from`); False for a lost race."""
    sources = only_from or tuple(source for source, targets in PAYMENT_MOVES.items() if to in targets)
    changed = Payment.objects.filter(pk=payment.pk, state__in=sources).update(
        state=to, modified_date=timezone.now(), **fields
    )
    wake()
    return bool(changed)


def move_refund(refund: Refund, to: RefundState, **fields: Any) -> bool:
    sources = [source for source, targets in REFUND_MOVES.items() if to in targets]
    changed = Refund.objects.filter(pk=refund.pk, state__in=sources).update(
        state=to, modified_date=timezone.now(), **fields
    )
    wake()
    return bool(changed)


def capture(payment: Payment, attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Book the whole amount and put it to the payment's bills. One transaction; False where it is booked."""
    with transaction.atomic():
        bills = lock_bills(payment)
        if not move(payment, PaymentState.CAPTURED, **_references(result), reason="", next_check_at=None):
            return False
        LedgerEntry.objects.create(
            payment=payment,
            kind=LedgerKind.CAPTURE,
            amount=payment.amount,
            currency=payment.currency,
            attempt=attempt,
        )
        _allocate(payment, bills)
    return True


def mark_unknown(payment: Payment, result: GatewayResult | None = None) -> bool:
    """The outcome is not known: the bills stay reserved and the bank is asked later."""
    reason = result.reason if result else ""
    return move(payment, PaymentState.UNKNOWN, reason=reason, checks=0, next_check_at=check_after(0))


def book_refund(refund: Refund, attempt: PaymentAttempt) -> bool:
    """Book a refund or void that the bank has made. Bills that it had paid are open again by that much."""
    with transaction.atomic():
        payment = lock_payment(refund.payment_id)
        if not move_refund(refund, RefundState.DONE):
            return False
        _release(payment, refund.amount)
        LedgerEntry.objects.create(
            payment=payment,
            kind=LedgerKind.VOID if refund.kind == RefundKind.VOID else LedgerKind.REFUND,
            amount=refund.amount,
            currency=payment.currency,
            attempt=attempt,
            refund=refund,
        )
        payment.refresh_from_db()
        to = PaymentState.PARTIALLY_REFUNDED
        if payment.refunded_amount == payment.captured_amount:
            to = PaymentState.VOIDED if refund.kind == RefundKind.VOID else PaymentState.REFUNDED
        if payment.state != to:
            move(payment, to)
    return True


def check_after(checks: int) -> datetime:
    """When to ask the bank next, after so many questions."""
    delays = settings.RECONCILE_DELAYS
    return timezone.now() + timedelta(seconds=delays[min(checks, len(delays) - 1)])


def _references(result: GatewayResult) -> dict[str, Any]:
    names = ("auth_code", "host_reference", "transaction_id", "item_id")
    return {name: value for name in names if (value := getattr(result.references, name))}


def _allocate(payment: Payment, bills: list[Bill]) -> None:
    """To each bill what the payment was for, but never more than is open: a capture is not lost for that."""
    wanted = dict(payment.payment_bills.values_list("bill_id", "amount"))
    for bill in bills:
        amount = min(wanted[bill.pk], bill.open_amount)
        if amount > 0:
            Allocation.objects.create(payment=payment, bill=bill, amount=amount)


def _release(payment: Payment, amount: Decimal) -> None:
    """Take off bills, the last first, what will not be there any more once `amount` is given back."""
    left = payment.captured_amount - payment.refunded_amount - amount
    missing = payment.allocated_amount - left
    sums: dict[int, Decimal] = {}
    for bill_id, part in payment.allocations.order_by("pk").values_list("bill_id", "amount"):
        sums[bill_id] = sums.get(bill_id, Decimal(0)) + part
    for bill_id, part in reversed(sums.items()):
        taken = min(part, missing)
        if taken > 0:
            Allocation.objects.create(payment=payment, bill_id=bill_id, amount=-taken)
            missing -= taken
