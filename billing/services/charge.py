"""Taking a payment: reserve and commit, call the bank, write what it said. The card exists in memory only."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.crash import reach
from billing.errors import (
    BillAlreadyPaidError,
    BillNotFoundError,
    BillPaymentInProgressError,
    BillsIncompatibleError,
    NoRouteError,
)
from billing.models import Bill, BillStatus, Operation, Payment, PaymentAttempt, PaymentBill, Subscription
from billing.services import bank, complete
from billing.services.moves import check_after
from billing.states import PaymentState
from billing.threeds.tokens import token_of
from config.lib.masking import mask_pan
from payments import routing
from payments.errors import NoCardMatchedError
from payments.gateways.types import Capability, CardData, Payer, ReturnUrls, ThreeDForm
from payments.models import POS


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Who wants to pay what with which card. Never stored, never logged."""

    subscription: Subscription
    bill_numbers: Sequence[int]
    card: CardData = field(repr=False)
    installments: int = 1
    three_d: bool = False
    payer: Payer = field(default=Payer(), repr=False)
    source: str = "api"
    user_id: int | None = None


@dataclass(frozen=True)
class Charged:
    """`form` is there where the payer must go to the bank now; the payment's state tells the rest."""

    payment: Payment
    form: ThreeDForm | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Plan:
    """The chosen POS and what it is asked for."""

    pos: POS
    reason: str
    card_id: int
    amount: Decimal
    fee: Decimal


def charge_bills(charge: Charge) -> Charged:
    """Pay bills of a subscription by card. Raises PayerError where nothing was attempted."""
    bills = find_bills(charge.subscription, charge.bill_numbers)
    plan = plan_charge(charge, bills)
    payment, attempt = reserve(charge, bills, plan)
    reach("charge.reserved")
    gateway, order = bank.gateway_of(plan.pos), bank.order_of(payment, charge.payer)
    if charge.three_d:
        result = bank.call(attempt, lambda: gateway.start_three_d(order, charge.card, _return_urls(payment)))
    else:
        result = bank.call(attempt, lambda: gateway.sale(order, charge.card))
    reach("charge.answered")
    complete.record(attempt, result)
    payment.refresh_from_db()
    return Charged(payment, result.form)


def find_bills(subscription: Subscription, numbers: Sequence[int]) -> list[Bill]:
    """The bills to pay, checked: they are the subscription's, open, and of one currency."""
    bills = list(Bill.objects.filter(subscription=subscription, number__in=numbers).order_by("pk"))
    missing = sorted(set(numbers) - {bill.number for bill in bills})
    if missing:
        raise BillNotFoundError(_("Bill %(number)s was not found.") % {"number": missing[0]})
    for bill in bills:
        if bill.status != BillStatus.OPEN:
            raise BillAlreadyPaidError(_("Bill %(number)s is already paid.") % {"number": bill.number})
    if len({bill.currency for bill in bills}) != 1:
        raise BillsIncompatibleError(_("The bills are not all in one currency."))
    return bills


def plan_charge(charge: Charge, bills: list[Bill]) -> Plan:
    """The POS for the card, and the amount with the installments' interest. Raises NoRouteError."""
    channel, currency = charge.subscription.account.channel, bills[0].currency
    total = sum((bill.open_amount for bill in bills), Decimal(0))
    try:
        match = routing.match(channel=channel, bin=charge.card.number[:8], currency=currency, amount=total)
    except NoCardMatchedError:
        raise NoRouteError(_("This card is not accepted.")) from None
    amount = total
    if charge.installments > 1:
        offer = next(
            (o for o in match.offers if o.installment.installment_count == charge.installments), None
        )
        if offer is None or offer.total is None:
            raise NoRouteError(_("This card does not offer that number of installments."))
        amount = offer.total
    route = match.three_d if charge.three_d else match.cash if charge.installments == 1 else match.installment
    pos = route.pos
    capability = Capability.THREE_D if charge.three_d else Capability.SALE
    if pos is None or not pos.gateway_class.is_operable or not bank.gateway_of(pos).can(capability):
        raise NoRouteError(_("This card is not accepted."))
    return Plan(pos, str(route.reason)[:200], match.card.pk, amount, amount - total)


def reserve(charge: Charge, bills: list[Bill], plan: Plan) -> tuple[Payment, PaymentAttempt]:
    """Write payment, reserved bills and attempt, committed before the bank hears of it.

    The database allows one open payment for a bill: of two payers one gets BillPaymentInProgressError.
    """
    operation = Operation.START_THREE_D if charge.three_d else Operation.SALE
    now = timezone.now()
    try:
        with transaction.atomic(durable=True):
            payment = Payment.objects.create(
                order_id=new_order_id(),
                state=PaymentState.CREATED if charge.three_d else PaymentState.PROCESSING,
                channel=charge.subscription.account.channel,
                account=charge.subscription.account,
                subscription=charge.subscription,
                pos=plan.pos,
                route_reason=plan.reason,
                card_id=plan.card_id,
                masked_card=mask_pan(charge.card.number),
                installments=charge.installments,
                amount=plan.amount,
                fee_amount=plan.fee,
                currency=bills[0].currency,
                is_three_d=charge.three_d,
                payer_ip=charge.payer.ip or None,
                source=charge.source,
                created_by_id=charge.user_id,
                expires_at=now + timedelta(minutes=settings.THREE_D_MINUTES) if charge.three_d else None,
                next_check_at=check_after(0),
            )
            PaymentBill.objects.bulk_create(
                [PaymentBill(payment=payment, bill=bill, amount=bill.open_amount) for bill in bills]
            )
            return payment, bank.begin(payment, operation, asked_by_id=charge.user_id)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name == "billing_one_open_payment_per_bill":
            raise BillPaymentInProgressError(
                _("A payment of this bill is in progress. Please wait for its result.")
            ) from None
        if name == "billing_paymentbill_bill_is_open":  # paid since we looked
            raise BillAlreadyPaidError(_("One of the bills is already paid.")) from None
        raise


def new_order_id() -> str:
    """Letters and digits, as every bank takes them; unguessable, so that nobody asks about others' orders."""
    return secrets.token_hex(12)


def _return_urls(payment: Payment) -> ReturnUrls:
    url = settings.PUBLIC_URL + reverse("three-d-return", args=[token_of(payment)])
    return ReturnUrls(success=url, failure=url, server=url)
