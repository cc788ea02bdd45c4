"""State changes of payments and refunds (conditional UPDATEs), and all bookings of money."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.agreed.expected import expect_payouts
from billing.attempts.clock import check_after
from billing.hub.outbox import deliver_on_commit
from billing.locks import lock_bills, lock_payment
from billing.models import (
    Allocation,
    Bill,
    LedgerEntry,
    LedgerKind,
    Operation,
    Payment,
    PaymentAttempt,
    PaymentBill,
    Refund,
)
from billing.states import (
    ENDED_STATES,
    OPEN_STATES,
    PAYMENT_MOVES,
    REFUND_MOVES,
    PaymentState,
    RefundState,
)
from config.kit.lib.days import day_of
from payments.gateways.types import References

PAYMENT_REFERENCES = ("auth_code", "host_reference", "transaction_id", "item_id")
REFUND_REFERENCES = ("auth_code", "host_reference", "transaction_id")


CAPTURED_LATE = "captured_late"
"""Reason of a payment that was captured after it had ended."""


def move(
    payment: Payment, to: PaymentState, *, only_from: tuple[PaymentState, ...] = (), **fields: Any
) -> bool:
    """Change the state if the current one allows it, or is one of `only_from`. False if it does not."""
    sources = only_from or tuple(source for source, targets in PAYMENT_MOVES.items() if to in targets)
    changed = Payment.objects.filter(pk=payment.pk, state__in=sources).update(
        state=to, modified_date=timezone.now(), **fields
    )
    deliver_on_commit()
    return bool(changed)


def move_refund(
    refund: Refund, to: RefundState, *, only_from: tuple[RefundState, ...] = (), **fields: Any
) -> bool:
    """Like `move`."""
    sources = only_from or tuple(source for source, targets in REFUND_MOVES.items() if to in targets)
    changed = Refund.objects.filter(pk=refund.pk, state__in=sources).update(
        state=to, modified_date=timezone.now(), **fields
    )
    deliver_on_commit()
    return bool(changed)


def capture(
    payment: Payment, attempt: PaymentAttempt, references: References, *, is_late: bool = False
) -> bool:
    """Book the capture of the whole amount and allocate it to the payment's bills. False if it is booked already.

    `is_late`: the payment had ended, so its bills were not reserved meanwhile.
    """
    with transaction.atomic():
        bills = lock_bills(payment)
        sources = ENDED_STATES if is_late else OPEN_STATES
        if not move(
            payment,
            PaymentState.CAPTURED,
            only_from=sources,
            **_references(references),
            reason=CAPTURED_LATE if is_late else "",
            next_check_at=None,
        ):
            return False
        LedgerEntry.objects.create(
            payment=payment,
            kind=LedgerKind.CAPTURE,
            amount=payment.amount,
            currency=payment.currency,
            attempt=attempt,
        )
        expect_payouts(payment, day_of(_sold_at(payment, attempt)))
        _allocate(payment, _free(bills) if is_late else bills)
    return True


def mark_unknown(payment: Payment, reason: str = "") -> bool:
    """The bills stay reserved and the bank is queried later."""
    return move(payment, PaymentState.UNKNOWN, reason=reason, checks=0, next_check_at=check_after(0))


def book_refund(refund: Refund, attempt: PaymentAttempt, references: References) -> bool:
    """Book a refund or void that the bank has made and reopen the bills that it paid. False if it is booked already."""
    with transaction.atomic():
        payment = lock_payment(refund.payment_id)
        if not move_refund(refund, RefundState.DONE, **_references(references, REFUND_REFERENCES)):
            return False
        is_void = Operation.VOID in (attempt.operation, refund.kind)  # a whole refund may have been voided
        _release(payment, refund.amount)
        LedgerEntry.objects.create(
            payment=payment,
            kind=LedgerKind.VOID if is_void else LedgerKind.REFUND,
            amount=refund.amount,
            currency=payment.currency,
            attempt=attempt,
            refund=refund,
        )
        payment.refresh_from_db()
        to = PaymentState.PARTIALLY_REFUNDED
        if payment.refunded_amount == payment.captured_amount:
            to = PaymentState.VOIDED if is_void else PaymentState.REFUNDED
        if payment.state != to:
            move(payment, to)
    return True


def add_refund_references(refund: Refund, references: References) -> None:
    """Add the references of an answer that arrives after a status query has booked the refund without them."""
    for name, value in _references(references, REFUND_REFERENCES).items():
        Refund.objects.filter(pk=refund.pk, state=RefundState.DONE, **{name: ""}).update(**{name: value})


def _references(references: References, names: tuple[str, ...] = PAYMENT_REFERENCES) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(references, name))}


def _sold_at(payment: Payment, attempt: PaymentAttempt) -> datetime:
    """When the bank took the money. Whoever tells it afterwards does not say when: about when it was asked to."""
    if attempt.operation in (Operation.STATUS, Operation.PERSON, Operation.STATEMENT):
        return payment.created_date
    return timezone.now()


def _free(bills: list[Bill]) -> list[Bill]:
    """The bills that no open payment has reserved."""
    taken = set(PaymentBill.objects.filter(bill__in=bills, is_open=True).values_list("bill_id", flat=True))
    return [bill for bill in bills if bill.pk not in taken]


def _allocate(payment: Payment, bills: list[Bill]) -> None:
    """Allocate to each bill its part, at most its open amount; the rest stays unallocated."""
    wanted = dict(payment.payment_bills.values_list("bill_id", "amount"))
    for bill in bills:
        amount = min(wanted[bill.pk], bill.open_amount)
        if amount > 0:
            Allocation.objects.create(payment=payment, bill=bill, amount=amount)


def _release(payment: Payment, amount: Decimal) -> None:
    """Remove allocations, the latest bill first, that exceed what is left after `amount` is refunded."""
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
