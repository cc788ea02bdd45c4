"""Row locks of billing, and their order: accounts, bills (by key), payments, refunds. Never across a bank's call.

A reservation holds its bills and waits for the payment that held them before; whoever books a payment therefore
takes the bills first.
"""

from collections.abc import Iterable

from billing.models import Account, Bill, Payment


def lock_account(key: int) -> None:
    """Whoever writes a payment method waits for the one before: which is the account's own follows from all of them.

    NO KEY: bills and payments of the account go on.
    """
    list(Account.objects.select_for_update(no_key=True).filter(pk=key).values_list("pk"))


def lock_bills(payment: Payment) -> list[Bill]:
    """The bills that the payment is for, locked until the transaction ends."""
    keys = list(payment.payment_bills.values_list("bill_id", flat=True))
    return list(Bill.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def lock_payment(key: int) -> Payment:
    """The payment with its bills, both that it is for and that it was put to."""
    keys = Payment.objects.filter(pk=key).values_list("allocations__bill_id", "payment_bills__bill_id")
    bills = {bill for row in keys for bill in row if bill is not None}
    list(Bill.objects.select_for_update().filter(pk__in=bills).order_by("pk"))
    return Payment.objects.select_for_update().get(pk=key)


def lock_bills_of(payment: Payment, keys: Iterable[int]) -> list[Bill]:
    """The bills `keys`, and with them those that the payment is for and was put to; answers the former."""
    rows = Payment.objects.filter(pk=payment.pk).values_list("allocations__bill_id", "payment_bills__bill_id")
    wanted = set(keys)
    others = {bill for row in rows for bill in row if bill is not None}
    locked = Bill.objects.select_for_update().filter(pk__in=wanted | others).order_by("pk")
    return [bill for bill in locked if bill.pk in wanted]
