"""The first half of every charge: payment, reserved bills and attempt, committed before the bank hears of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.attempts import bank
from billing.attempts.bookings import check_after
from billing.errors import BillAlreadyPaidError, BillPaymentInProgressError
from billing.hub.outbox import wake
from billing.models import (
    Account,
    Bill,
    Operation,
    Payment,
    PaymentAttempt,
    PaymentBill,
    PaymentDetails,
    PaymentMethod,
    Subscription,
)
from billing.services.client_references import asked_once
from billing.states import PaymentState
from payments.models import POS

ORDER_ID_LENGTH = 24


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """What a bank is about to be asked, as our row will have it. `amount` is the `parts` and the `fee`, or more."""

    account: Account
    subscription: Subscription | None
    parts: Sequence[tuple[Bill, Decimal]]
    pos: POS
    reason: str
    card_id: int | None = None
    method: PaymentMethod | None = None
    masked_card: str
    amount: Decimal
    fee: Decimal = Decimal(0)
    currency: str
    installments: int = 1
    three_d: bool = False
    payer_ip: str = ""
    source: str = "api"
    user_id: int | None = None
    details: PaymentDetails | None = None


def reserve(wanted: Reservation) -> tuple[Payment, PaymentAttempt]:
    """The database allows one open payment for a bill: of two payers one gets BillPaymentInProgressError.

    Raises BillAlreadyPaidError for a bill that was paid since somebody looked, and AlreadyAskedError where the
    correlator id of `details` was used meanwhile.
    """
    operation = Operation.START_THREE_D if wanted.three_d else Operation.SALE
    try:
        with asked_once(wanted.details), transaction.atomic(durable=True):
            payment = _payment(wanted)
            if wanted.details is not None:
                wanted.details.payment = payment
                wanted.details.save(force_insert=True)
            wake()
            PaymentBill.objects.bulk_create(
                [PaymentBill(payment=payment, bill=bill, amount=amount) for bill, amount in wanted.parts]
            )
            return payment, bank.begin(payment, operation, asked_by_id=wanted.user_id)
    except IntegrityError as error:
        raise explain(error) from None


def explain(error: IntegrityError) -> Exception:
    """What a broken constraint means to who pays."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name == "billing_one_open_payment_per_bill":
        return BillPaymentInProgressError(
            _("A payment of this bill is in progress. Please wait for its result.")
        )
    if name == "billing_paymentbill_bill_is_open":  # paid since we looked
        return BillAlreadyPaidError(_("One of the bills is already paid."))
    return error


def new_order_id() -> str:
    """Letters and digits, as every bank takes them; unguessable, so that nobody asks about others' orders."""
    return secrets.token_hex(ORDER_ID_LENGTH // 2)


def _payment(wanted: Reservation) -> Payment:
    expires_at = timezone.now() + timedelta(minutes=settings.THREE_D_MINUTES)
    return Payment.objects.create(
        order_id=new_order_id(),
        state=PaymentState.CREATED if wanted.three_d else PaymentState.PROCESSING,
        channel=wanted.account.channel,
        account=wanted.account,
        subscription=wanted.subscription,
        pos=wanted.pos,
        route_reason=wanted.reason[:200],
        card_id=wanted.card_id,
        payment_method=wanted.method,
        masked_card=wanted.masked_card,
        installments=wanted.installments,
        amount=wanted.amount,
        fee_amount=wanted.fee,
        currency=wanted.currency,
        is_three_d=wanted.three_d,
        payer_ip=wanted.payer_ip or None,
        source=wanted.source,
        created_by_id=wanted.user_id,
        expires_at=expires_at if wanted.three_d else None,
        next_check_at=check_after(0),
    )
