"""Row locks of billing. Lock in this order: accounts, bills (by key), payments, refunds. Never hold a lock while a bank
is called.

Booking a payment locks its bills first, because a reservation locks bills and then waits for their payments.
"""

from collections.abc import Iterable

from billing.models import Account, Bill, Payment


def lock_account(key: int) -> None:
    """Serializes changes to an account's payment methods, of which at most one is the default.

    With NO KEY, bills and payments can still be added to the account.
    """
    list(Account.objects.select_for_update(no_key=True).filter(pk=key).values_list("pk"))


def lock_bills(payment: Payment) -> list[Bill]:
    """The bills that the payment is for."""
    keys = list(payment.payment_bills.values_list("bill_id", flat=True))
    return list(Bill.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def lock_payment(key: int) -> Payment:
    """Locks the bills that the payment is for or allocated to, then the payment."""
    keys = Payment.objects.filter(pk=key).values_list("allocations__bill_id", "payment_bills__bill_id")
    bills = {bill for row in keys for bill in row if bill is not None}
    list(Bill.objects.select_for_update().filter(pk__in=bills).order_by("pk"))
    return Payment.objects.select_for_update().get(pk=key)


def lock_bills_of(payment: Payment, keys: Iterable[int]) -> list[Bill]:
    """Locks the bills `keys` and those that the payment is for or allocated to. Returns the bills `keys`."""
    rows = Payment.objects.filter(pk=payment.pk).values_list("allocations__bill_id", "payment_bills__bill_id")
    wanted = set(keys)
    others = {bill for row in rows for bill in row if bill is not None}
    locked = Bill.objects.select_for_update().filter(pk__in=wanted | others).order_by("pk")
    return [bill for bill in locked if bill.pk in wanted]
