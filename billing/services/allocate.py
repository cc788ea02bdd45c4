"""Allocation of unallocated amounts to bills."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.errors import BillPaymentInProgressError, UnallocatedExceededError
from billing.locks import lock_bills_of, lock_payment
from billing.models import Allocation, Bill, Payment, PaymentBill
from billing.services.payment_request import check_parts


def allocate(payment: Payment, parts: Sequence[tuple[Bill, Decimal]], *, user_id: int | None) -> Payment:
    """Allocate parts of the payment to bills of its account; `parts` are in major units.

    Raises UnallocatedExceededError, PartsExceedAmountError, BillAlreadyPaidError or BillPaymentInProgressError, with
    nothing allocated.
    """
    wanted = {bill.pk: amount for bill, amount in parts}
    with transaction.atomic(durable=True):
        bills = lock_bills_of(payment, wanted)
        locked = lock_payment(payment.pk)
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
                Allocation(payment=locked, bill=bill, amount=wanted[bill.pk], created_by_id=user_id)
                for bill in bills
            ]
        )
    payment.refresh_from_db()
    return payment
