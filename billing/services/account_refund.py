"""Refunds that a client asks for under its own references: of one payment, or of an account in credit."""

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from billing.errors import AmountCurrencyError, NoCreditError
from billing.models import Account, Payment, Refund, RefundClientReferences
from billing.services.client_references import AlreadyRequestedError, find_replayed, get_replayed
from billing.services.refund import refund_payment
from billing.states import REFUNDABLE_STATES


@dataclass(frozen=True, kw_only=True)
class AccountRefund:
    """`payment` None: of what the account has that is put to no bill."""

    account: Account
    payment: Payment | None
    amount: Decimal
    currency: str
    reason: str
    client_references: RefundClientReferences
    user_id: int | None


def give_refund(wanted: AccountRefund) -> Refund:
    """Asked twice under one correlator id, the first refund is the answer.

    Raises CorrelatorReusedError, AmountCurrencyError, NoCreditError, and as `refund_payment`.
    """
    replayed = find_replayed(wanted.client_references)
    if replayed is not None:
        return replayed.refund
    currency = wanted.payment.currency if wanted.payment else wanted.account.currency
    if wanted.currency != currency:
        raise AmountCurrencyError(_("The money is in %(currency)s.") % {"currency": currency})
    try:
        return _refund_one(wanted, wanted.payment) if wanted.payment else _refund_credit(wanted)
    except AlreadyRequestedError:
        return get_replayed(wanted.client_references).refund


def _refund_credit(wanted: AccountRefund) -> Refund:
    """Of the oldest payment that has so much of it: a bank gives back to the card that it took from."""
    payments = Payment.objects.filter(account=wanted.account, state__in=REFUNDABLE_STATES).order_by("pk")
    in_credit = payments.filter(captured_amount__gt=F("allocated_amount") + F("refunded_amount"))
    for payment in in_credit.select_related("pos", "pos_version", "channel"):
        if payment.unallocated_amount < wanted.amount:
            continue
        with suppress(NoCreditError):  # somebody was faster: perhaps another payment has it
            return _refund_one(wanted, payment)
    raise NoCreditError(_("No payment of the account has so much that is put to no bill."))


def _refund_one(wanted: AccountRefund, payment: Payment) -> Refund:
    return refund_payment(
        payment,
        amount=wanted.amount,
        reason=wanted.reason,
        user_id=wanted.user_id,
        client_references=wanted.client_references,
        of_credit=wanted.payment is None,
    )
