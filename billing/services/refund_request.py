"""Refunds that a client requests with its own references: of one payment, or of an account's unallocated amount."""

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
class RefundRequest:
    """`amount` is in major units. Without `payment`, the account's unallocated amount is refunded."""

    account: Account
    payment: Payment | None
    amount: Decimal
    currency: str
    reason: str
    client_references: RefundClientReferences
    user_id: int | None


def request_refund(request: RefundRequest) -> Refund:
    """Refund, or return the earlier refund if the client repeats a correlator id.

    Raises CorrelatorReusedError, AmountCurrencyError, NoCreditError, and what `refund_payment` raises.
    """
    replayed = find_replayed(request.client_references)
    if replayed is not None:
        return replayed.refund
    currency = request.payment.currency if request.payment else request.account.currency
    if request.currency != currency:
        raise AmountCurrencyError(_("The refund must be in %(currency)s.") % {"currency": currency})
    try:
        return _refund_one(request, request.payment) if request.payment else _refund_credit(request)
    except AlreadyRequestedError:
        return get_replayed(request.client_references).refund


def _refund_credit(request: RefundRequest) -> Refund:
    """Refund the oldest payment with enough unallocated amount: a bank can only refund the card that it charged."""
    payments = Payment.objects.filter(account=request.account, state__in=REFUNDABLE_STATES).order_by("pk")
    in_credit = payments.filter(captured_amount__gt=F("allocated_amount") + F("refunded_amount"))
    for payment in in_credit.select_related("pos", "pos_version", "channel"):
        if payment.unallocated_amount < request.amount:
            continue
        with suppress(NoCreditError):  # a concurrent request took it: try the next payment
            return _refund_one(request, payment)
    raise NoCreditError(_("No single payment of the account has this much unallocated."))


def _refund_one(request: RefundRequest, payment: Payment) -> Refund:
    return refund_payment(
        payment,
        amount=request.amount,
        reason=request.reason,
        user_id=request.user_id,
        client_references=request.client_references,
        of_credit=request.payment is None,
    )
