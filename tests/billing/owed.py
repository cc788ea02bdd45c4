"""What is owed, and being paid."""

from billing.models import Bill, Payment, PaymentBill
from tests.support.factories import PosFactory


def reserve(bill: Bill) -> Payment:
    """A payment on the bill, as the charge writes it."""
    account = bill.subscription.account
    payment = Payment.objects.create(
        order_id=f"ORDER{bill.pk}",
        channel=account.channel,
        account=account,
        subscription=bill.subscription,
        pos=PosFactory(channel=account.channel),
        amount=bill.amount,
        currency=bill.currency,
    )
    PaymentBill.objects.create(payment=payment, bill=bill, amount=bill.amount)
    return payment
