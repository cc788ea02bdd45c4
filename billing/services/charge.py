"""Taking a payment: reserve and commit, call the bank, write what it said. The card exists in memory only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.attempts import bank, complete
from billing.attempts.crash_points import reach
from billing.errors import (
    BillAlreadyPaidError,
    BillNotFoundError,
    BillsIncompatibleError,
    NoRouteError,
)
from billing.models import Bill, BillStatus, Payment, PaymentAttempt, Subscription
from billing.services.reserve import ORDER_ID_LENGTH, Reservation
from billing.services.reserve import reserve as write_reservation
from billing.services.return_token import token_of
from config.kit.lib.masking import mask_pan
from payments import routing
from payments.errors import NoCardMatchedError
from payments.gateways.types import Capability, CardData, OrderData, Payer, ReturnUrls, ThreeDForm
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
    amount = total if charge.installments == 1 else find_offer(match, charge.installments)
    route = match.three_d if charge.three_d else match.cash if charge.installments == 1 else match.installment
    pos = route.pos
    capability = Capability.THREE_D if charge.three_d else Capability.SALE
    order = sketch(amount, currency, charge.installments, charge.payer)
    if pos is None or not accepts(pos, capability, order):
        raise NoRouteError(_("This card is not accepted."))
    return Plan(pos, str(route.reason), match.card.pk, amount, amount - total)


def reserve(charge: Charge, bills: list[Bill], plan: Plan) -> tuple[Payment, PaymentAttempt]:
    """Raises as `reserve.reserve`."""
    return write_reservation(
        Reservation(
            account=charge.subscription.account,
            subscription=charge.subscription,
            parts=[(bill, bill.open_amount) for bill in bills],
            pos=plan.pos,
            reason=plan.reason,
            card_id=plan.card_id,
            masked_card=mask_pan(charge.card.number),
            amount=plan.amount,
            fee=plan.fee,
            currency=bills[0].currency,
            installments=charge.installments,
            three_d=charge.three_d,
            payer_ip=charge.payer.ip,
            source=charge.source,
            user_id=charge.user_id,
        )
    )


def find_offer(match: routing.Match | None, installments: int) -> Decimal:
    """The amount with the interest of so many installments. Raises NoRouteError where the card has no such offer."""
    for offer in match.offers if match else ():
        if offer.installment.installment_count == installments and offer.total is not None:
            return offer.total
    raise NoRouteError(_("This card does not offer that number of installments."))


def accepts(pos: POS, capability: Capability, order: OrderData) -> bool:
    """Whether the bank would be asked at all: what its gateway cannot do is known before anything is written."""
    kind = pos.gateway_class
    if not kind.is_operable or (kind.is_rehearsal and settings.PRODUCTION):
        return False
    gateway = bank.gateway_of(pos)
    try:
        gateway.check_order(order)
    except ValueError:
        return False
    return gateway.can(capability)


def sketch(amount: Decimal, currency: str, installments: int, payer: Payer) -> OrderData:
    """The order as it will be, but for its id."""
    return OrderData("0" * ORDER_ID_LENGTH, amount, currency, installments, payer)


def _return_urls(payment: Payment) -> ReturnUrls:
    url = settings.PUBLIC_URL + reverse("three-d-return", args=[token_of(payment)])
    return ReturnUrls(success=url, failure=url, server=url)
