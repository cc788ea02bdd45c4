"""Allocation of unallocated amounts to bills, and removal of allocations (a credit note for the bill)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from billing.errors import AllocationExceededError, BillPaymentInProgressError, UnallocatedExceededError
from billing.locks import lock_bills_of, lock_payment
from billing.models import Allocation, AllocationClientReferences, Bill, BillStatus, Payment, PaymentBill
from billing.services.client_references import (
    AlreadyRequestedError,
    find_replayed,
    get_replayed,
    unique_correlator,
)
from billing.services.payment_request import check_parts
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.boundary import refuse_card_number_in


def allocate(
    payment: Payment,
    parts: Sequence[tuple[Bill, Decimal]],
    *,
    user_id: int | None,
    reason: str = "",
    client_references: AllocationClientReferences | None = None,
) -> Payment:
    """Allocate parts of the payment to bills of its account; `parts` are in major units.

    A client's request that is repeated under its correlator id allocates nothing more. Raises CorrelatorReusedError,
    UnallocatedExceededError, PartsExceedAmountError, BillAlreadyPaidError or BillPaymentInProgressError, with nothing
    allocated.
    """
    refuse_card_number_in("reason", reason)
    if find_replayed(client_references) is None:
        try:
            _allocate(payment, dict(parts), user_id=user_id, reason=reason, references=client_references)
        except AlreadyRequestedError:
            get_replayed(client_references)
    payment.refresh_from_db()
    return payment


def _allocate(
    payment: Payment,
    parts: Mapping[Bill, Decimal],
    *,
    user_id: int | None,
    reason: str,
    references: AllocationClientReferences | None,
) -> None:
    wanted = {bill.pk: amount for bill, amount in parts.items()}
    with unique_correlator(references), transaction.atomic(durable=True):
        bills = lock_bills_of(payment, wanted)
        locked = lock_payment(payment.pk)
        if references is not None:
            references.payment = locked
            references.save(force_insert=True)
        total = sum(wanted.values(), Decimal(0))
        if total > locked.unallocated_amount:
            raise UnallocatedExceededError(_("Amount exceeds the payment's unallocated amount."))
        check_parts([(bill, wanted[bill.pk]) for bill in bills], total)
        if PaymentBill.objects.filter(bill_id__in=wanted, is_open=True).exists():
            raise BillPaymentInProgressError(
                _("A payment of this bill is in progress. Please wait for its result.")
            )
        Allocation.objects.bulk_create(
            [
                Allocation(
                    payment=locked,
                    bill=bill,
                    amount=wanted[bill.pk],
                    created_by_id=user_id,
                    reason=reason,
                )
                for bill in bills
            ]
        )
        told = {bill.number: str(wanted[bill.pk]) for bill in bills}
        record(Action.MONEY, payment, after={"allocated": told}, reason=reason, user_id=user_id)


def deallocate(payment: Payment, bill: Bill, amount: Decimal, *, user_id: int | None, reason: str) -> Payment:
    """Take `amount` (major units) of the payment back from the bill, which is then owed again.

    The money becomes the account's credit. Raises AllocationExceededError if less is allocated.
    """
    refuse_card_number_in("reason", reason)
    with transaction.atomic(durable=True):
        lock_bills_of(payment, [bill.pk])
        locked = lock_payment(payment.pk)
        if amount <= 0 or amount > allocated_to(locked, bill):
            raise AllocationExceededError(_("Amount exceeds what is allocated to this bill."))
        Allocation.objects.create(
            payment=locked, bill=bill, amount=-amount, created_by_id=user_id, reason=reason
        )
        told = {bill.number: str(amount)}
        record(Action.MONEY, payment, after={"allocation_removed": told}, reason=reason, user_id=user_id)
    payment.refresh_from_db()
    return payment


def allocated_to(payment: Payment, bill: Bill) -> Decimal:
    """What of the payment is allocated to the bill now, in major units."""
    total = payment.allocations.filter(bill=bill).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def find_paid_bills(payment: Payment) -> QuerySet[Bill]:
    """The bills that hold some of the payment, with the amount as `held`."""
    held = Sum("allocations__amount", filter=Q(allocations__payment=payment))
    return Bill.objects.filter(allocations__payment=payment).annotate(held=held).filter(held__gt=0)


def find_payable_bills(payment: Payment) -> QuerySet[Bill]:
    """The open bills of the payment's account in its currency, without a payment in progress."""
    bills = Bill.objects.filter(
        subscription__account=payment.account_id, currency=payment.currency, status=BillStatus.OPEN
    )
    return bills.exclude(payment_bills__is_open=True)
