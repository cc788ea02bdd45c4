"""Payments of an account by amount: charged on a stored method, or received outside and written down.

What is put to no bill stays on the account and can be put to bills later (services/allocate.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.attempts import bank
from billing.attempts.bookings import capture
from billing.errors import (
    AmountCurrencyError,
    BillAlreadyPaidError,
    PartsExceedAmountError,
)
from billing.models import (
    Account,
    Bill,
    BillStatus,
    Operation,
    Payment,
    PaymentBill,
    PaymentDetails,
    PaymentMethod,
    ReceivedAs,
)
from billing.services.charge_method import MethodCharge, charge_method
from billing.services.client_references import AlreadyAskedError, asked_once, find_asked
from billing.services.reserve import explain, new_order_id
from billing.states import PaymentState
from payments.gateways.types import GatewayResult, Outcome, References

Parts = Sequence[tuple[Bill, Decimal]]


@dataclass(frozen=True, kw_only=True)
class AccountPayment:
    """`method` is charged, or `received_as` says how the money came. `parts` None: the oldest open bills first."""

    account: Account
    amount: Decimal
    currency: str
    method: PaymentMethod | None = field(default=None, repr=False)
    received_as: ReceivedAs | None = None
    parts: Parts | None = ()
    details: PaymentDetails
    auth_code: str = ""
    payer_ip: str = field(default="", repr=False)
    source: str
    user_id: int | None


def take_payment(wanted: AccountPayment) -> Payment:
    """Charge or write down; asked twice under one correlator id, the first payment is the answer.

    Raises PayerError or CorrelatorReusedError where nothing was attempted.
    """
    known = find_asked(wanted.details)
    if known is not None:
        return known.payment
    if wanted.currency != wanted.account.currency:
        raise AmountCurrencyError(
            _("The account is kept in %(currency)s.") % {"currency": wanted.account.currency}
        )
    parts = choose_bills(wanted.account, wanted.amount) if wanted.parts is None else wanted.parts
    check_parts(parts, wanted.amount)
    try:
        return _charge(wanted, parts) if wanted.method else _receive(wanted, parts)
    except AlreadyAskedError:
        known = find_asked(wanted.details)
        assert known is not None  # noqa: S101 its constraint was in the way
        return known.payment


def choose_bills(account: Account, amount: Decimal) -> Parts:
    """The oldest open bills first, as far as the amount goes; bills that somebody is paying are left out."""
    parts: list[tuple[Bill, Decimal]] = []
    bills = Bill.objects.filter(
        subscription__account=account, status=BillStatus.OPEN, currency=account.currency
    )
    for bill in bills.exclude(payment_bills__is_open=True).order_by("issued_on", "pk").iterator():
        part = min(bill.open_amount, amount)
        if part <= 0:
            break
        parts.append((bill, part))
        amount -= part
    return parts


def check_parts(parts: Parts, amount: Decimal) -> None:
    """Raises PartsExceedAmountError, BillAlreadyPaidError."""
    if sum((part for _bill, part in parts), Decimal(0)) > amount:
        raise PartsExceedAmountError(_("The items are more than the amount of the payment."))
    for bill, part in parts:
        if bill.status != BillStatus.OPEN:
            raise BillAlreadyPaidError(_("Bill %(number)s is already paid.") % {"number": bill.number})
        if part > bill.open_amount:
            raise PartsExceedAmountError(
                _("Bill %(number)s is open for %(amount)s only.")
                % {"number": bill.number, "amount": f"{bill.open_amount.normalize():f}"}
            )


def _charge(wanted: AccountPayment, parts: Parts) -> Payment:
    assert wanted.method is not None  # noqa: S101 the caller has looked
    return charge_method(
        MethodCharge(
            method=wanted.method,
            amount=wanted.amount,
            currency=wanted.currency,
            parts=parts,
            details=wanted.details,
            payer_ip=wanted.payer_ip,
            source=wanted.source,
            user_id=wanted.user_id,
        )
    )


def _receive(wanted: AccountPayment, parts: Parts) -> Payment:
    """Written down and booked in one transaction: there is no bank to wait for."""
    try:
        with asked_once(wanted.details), transaction.atomic(durable=True):
            payment = Payment.objects.create(
                order_id=new_order_id(),
                state=PaymentState.PROCESSING,
                channel=wanted.account.channel,
                account=wanted.account,
                received_as=wanted.received_as or "",
                amount=wanted.amount,
                currency=wanted.currency,
                payer_ip=wanted.payer_ip or None,
                source=wanted.source,
                created_by_id=wanted.user_id,
            )
            PaymentBill.objects.bulk_create(
                [PaymentBill(payment=payment, bill=bill, amount=part) for bill, part in parts]
            )
            wanted.details.payment = payment
            wanted.details.save(force_insert=True)
            book_received(payment, wanted)
    except IntegrityError as error:
        raise explain(error) from None
    payment.refresh_from_db()
    return payment


def book_received(payment: Payment, wanted: AccountPayment) -> None:
    """The ledger names the attempt that tells who wrote the money down."""
    result = GatewayResult(outcome=Outcome.APPROVED, references=References(auth_code=wanted.auth_code))
    attempt = bank.begin(payment, Operation.RECEIVED, asked_by_id=wanted.user_id)
    bank.finish(attempt, result)
    capture(payment, attempt, result)
