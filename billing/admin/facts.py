"""What the confirmation pages show of the payment that money moves on."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import Payment, Refund
from config.kit.lib.money import format_money

MOST_BILLS = 10


def payment_facts(payment: Payment) -> Iterator[tuple[str | Promise, object]]:
    """Labels and values; the caller leaves out empty ones."""

    def money(value: Decimal) -> str:
        return format_money(value, payment.currency)

    bills = payment.payment_bills.select_related("bill").order_by("bill__number")
    numbers = [str(row.bill.number) for row in bills[: MOST_BILLS + 1]]
    yield _("Payment"), payment.order_id
    yield _("Amount"), money(payment.amount)
    yield _("State"), payment.get_state_display()
    yield _("Refundable"), money(payment.refundable_amount) if payment.captured_amount else ""
    yield _("Card number"), payment.masked_card
    yield _("Received as"), payment.get_received_as_display() if payment.received_as else ""
    yield _("Customer"), payment.account
    yield _("Bills"), ", ".join(numbers[:MOST_BILLS]) + (" …" if len(numbers) > MOST_BILLS else "")
    yield _("POS"), payment.pos


def refund_facts(refund: Refund) -> Iterator[tuple[str | Promise, object]]:
    payment = refund.payment
    left = payment.captured_amount - payment.refunded_amount - refund.amount
    yield _("Refund"), f"{refund.get_kind_display()}, {format_money(refund.amount, payment.currency)}"
    yield _("Requested by"), refund.requested_by
    yield _("Reason"), refund.reason
    yield from payment_facts(payment)
    yield _("Left after this refund"), format_money(left, payment.currency)
