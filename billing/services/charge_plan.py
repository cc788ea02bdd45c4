"""Decides which POS charges a request, and for how much, before anything is written."""

import secrets
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.attempts.gateway import connect
from billing.errors import MethodNotChargeableError, NoRouteError
from billing.models import PaymentMethod
from billing.services.chargeable import find_storing_gateway
from billing.services.payment_request import PaymentRequest
from config.kit.lib.card_numbers import mask_pan
from payments import routing
from payments.charge_obstacles import find_fixed_obstacle
from payments.errors import NoCardMatchedError
from payments.gateways.base.gateway import Gateway
from payments.gateways.types import Capability, CardData, OrderData, Payer
from payments.models import POS
from payments.route_reasons import FALLBACK, WHERE_STORED

ORDER_ID_LENGTH = 24
"""Characters of an order ID, unless the gateway allows fewer."""


@dataclass(frozen=True, kw_only=True)
class ChargePlan:
    """The POS with its gateway, ready to be called, and the order as the bank will get it.

    `fee` is the installments' interest in `order.amount`, in major units; `reason` is shown to operators.
    """

    pos: POS
    gateway: Gateway
    order: OrderData
    fee: Decimal
    reason: str
    card_id: int | None
    masked_card: str


@dataclass(frozen=True)
class _Choice:
    pos: POS | None
    reason: str
    amount: Decimal
    card_id: int | None


def plan_card_charge(request: PaymentRequest, card: CardData) -> list[ChargePlan]:
    """The POS of the card, then its fallback.

    Raises NoRouteError if no POS accepts the card, its currency, the installments or 3-D Secure.
    """
    match = _match(request, card.number[:8])
    if match is None:
        raise NoRouteError(_("This card is not accepted."))
    amount = _amount_with_interest(match, request)
    route = (
        match.three_d if request.three_d else match.cash if request.installments == 1 else match.installment
    )
    choices = [
        _Choice(route.pos, route.reason, amount, match.card.pk),
        *_fallback(match, route.pos, amount),
    ]
    capability = Capability.THREE_D if request.three_d else Capability.SALE
    plans = _plan(request, choices, capability, request.payer, mask_pan(card.number))
    if not plans:
        raise NoRouteError(_("This card is not accepted."))
    return plans


def plan_method_charge(request: PaymentRequest, method: PaymentMethod) -> list[ChargePlan]:
    """On a POS of the channel whose gateway stores the card's token: the one that the card's first digits route to,
    if it is on that gateway, else the channel's first. Then the fallback of the former, if it is on that gateway, too.

    Raises MethodNotChargeableError, MethodExpiredError or NoRouteError (no such installments).
    """
    gateway_class = find_storing_gateway(method)
    match = _match(request, method.masked_card.partition("*")[0])
    amount = _amount_with_interest(match, request)
    route = (match.cash if request.installments == 1 else match.installment) if match else None
    if route and route.pos and route.pos.gateway == gateway_class.path:
        pos: POS | None = route.pos
        reason = route.reason
    else:
        on_gateway = POS.objects.filter(
            channel=request.account.channel, gateway=gateway_class.path, is_approved=True, is_active=True
        )
        pos = on_gateway.order_by("pk").first()
        reason = WHERE_STORED % {"gateway": method.gateway}
    choices = [_Choice(pos, reason, amount, match.card.pk if match else None)]
    if match and match.fallback and match.fallback.gateway == gateway_class.path:
        choices += _fallback(match, pos, amount)
    payer = payer_of(method, request.payer.ip)
    plans = _plan(request, choices, Capability.STORED_CARD_SALE, payer, method.masked_card)
    if not plans:
        raise MethodNotChargeableError(
            _("%(gateway)s cannot charge this payment method.") % {"gateway": gateway_class.display()}
        )
    return plans


def payer_of(method: PaymentMethod, ip: str) -> Payer:
    """The payer, from the data of the account and the payment method."""
    account, address = method.account, method.billing_address
    name, _space, surname = method.holder_name.rpartition(" ")
    return Payer(
        ip=ip,
        name=name or surname,
        surname=surname,
        email=account.email if account else "",
        phone=account.phone if account else "",
        address=address.street if address else "",
        city=address.city if address else "",
        country=address.country if address else "",
    )


def new_order_id(max_length: int = ORDER_ID_LENGTH) -> str:
    """Random hexadecimal digits, which every bank accepts and nobody can guess."""
    return secrets.token_hex(min(ORDER_ID_LENGTH, max_length) // 2)


def _match(request: PaymentRequest, first_digits: str) -> routing.Match | None:
    try:
        return routing.match(
            channel=request.account.channel,
            bin=first_digits,
            currency=request.currency,
            amount=request.amount,
        )
    except NoCardMatchedError:
        return None


def _amount_with_interest(match: routing.Match | None, request: PaymentRequest) -> Decimal:
    """Raises NoRouteError if the card does not offer this number of installments."""
    if request.installments == 1:
        return request.amount
    for offer in match.offers if match else ():
        if offer.installment.installment_count == request.installments and offer.total is not None:
            return offer.total
    raise NoRouteError(_("This card does not offer this number of installments."))


def _plan(
    request: PaymentRequest, choices: list[_Choice], capability: Capability, payer: Payer, masked_card: str
) -> list[ChargePlan]:
    """A plan for each choice whose gateway accepts the order; none if the first one would refuse it.

    What a gateway cannot do is known before anything is written. All plans have one order id: a payment keeps it.
    A POS that people have switched off is passed over: its fallback stands in for it.
    """
    choices = [choice for choice in choices if choice.pos is None or choice.pos.is_active]
    usable = [
        (choice, choice.pos, connect(choice.pos))
        for choice in choices
        if choice.pos and not find_fixed_obstacle(choice.pos)
    ]
    if not usable or usable[0][0] is not choices[0]:
        return []
    order_id = new_order_id(min(gateway.order_id_max_length for _choice, _pos, gateway in usable))
    plans = []
    for choice, pos, gateway in usable:
        order = OrderData(
            order_id, choice.amount, request.currency, request.installments, payer, masked_card=masked_card
        )
        if _accepts(gateway, order) and gateway.can(capability):
            plans.append(
                ChargePlan(
                    pos=pos,
                    gateway=gateway,
                    order=order,
                    fee=choice.amount - request.amount,
                    reason=choice.reason,
                    card_id=choice.card_id,
                    masked_card=masked_card,
                )
            )
        elif not plans:
            return []
    return plans


def _fallback(match: routing.Match, first: POS | None, amount: Decimal) -> list[_Choice]:
    if first is None or match.fallback is None or match.fallback == first:
        return []
    reason = FALLBACK % {
        "card": match.card.slug,
        "pos": first.slug,
    }
    return [_Choice(match.fallback, reason, amount, match.card.pk)]


def _accepts(gateway: Gateway, order: OrderData) -> bool:
    try:
        gateway.check_order(order)
    except ValueError:
        return False
    return True
