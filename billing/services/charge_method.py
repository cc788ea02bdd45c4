"""Taking a payment with a stored payment method: what `charge` does for a card, by the token that a gateway keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.attempts import bank, complete
from billing.attempts.crash_points import reach
from billing.errors import MethodExpiredError, MethodNotChargeableError, NoOwnMethodError
from billing.models import Account, Bill, MethodKind, Payment, PaymentDetails, PaymentMethod, Subscription
from billing.services.charge import accepts, find_bills, find_offer, sketch
from billing.services.reserve import Reservation, reserve
from payments import routing
from payments.errors import NoCardMatchedError
from payments.gateways import registry
from payments.gateways.base import Gateway
from payments.gateways.types import Capability, Payer, StoredCard
from payments.models import POS

CHARGEABLE_KINDS = (MethodKind.CREDIT_CARD,)


@dataclass(frozen=True, kw_only=True)
class MethodCharge:
    """How much is to be taken with which method. `parts` are the bills that are paid by it, and how much of each.

    `amount` is without the interest of installments; what it has above the parts stays unallocated.
    """

    method: PaymentMethod = field(repr=False)
    amount: Decimal
    currency: str
    parts: Sequence[tuple[Bill, Decimal]] = ()
    subscription: Subscription | None = None
    installments: int = 1
    payer_ip: str = field(default="", repr=False)
    source: str = "api"
    user_id: int | None = None
    details: PaymentDetails | None = None


@dataclass(frozen=True)
class MethodPlan:
    """The POS that knows the token, and what it is asked for."""

    pos: POS
    reason: str
    card_id: int | None
    amount: Decimal


def find_own_method(account: Account) -> PaymentMethod:
    """The account's own (default) method. Raises NoOwnMethodError."""
    method = PaymentMethod.objects.filter(account=account, is_default=True).first()
    if method is None:
        raise NoOwnMethodError(_("There is no registered payment method."))
    return method


def charge_bills_with_own_method(
    *, subscription: Subscription, bill_numbers: Sequence[int], installments: int = 1, **by: object
) -> Payment:
    """Pay bills of a subscription with its account's own method. Raises as `find_bills` and `charge_method`.

    `by` is who asks: `payer_ip`, `source`, `user_id` of MethodCharge.
    """
    bills = find_bills(subscription, bill_numbers)
    parts = [(bill, bill.open_amount) for bill in bills]
    charge = MethodCharge(
        method=find_own_method(subscription.account),
        amount=sum((amount for _bill, amount in parts), Decimal(0)),
        currency=bills[0].currency,
        parts=parts,
        subscription=subscription,
        installments=installments,
        **by,  # type: ignore[arg-type]
    )
    return charge_method(charge)


def charge_method(charge: MethodCharge) -> Payment:
    """Take the money; the payment's state tells what became of it.

    Raises PayerError where nothing was attempted: the method is switched off, expired, of a kind or a gateway that
    cannot be charged (MethodNotChargeableError, MethodExpiredError), a bill is not open, the installments are none
    that the card has (NoRouteError).
    """
    method = charge.method
    check_chargeable(method)
    plan = plan_method(charge)
    payment, attempt = reserve(
        Reservation(
            account=method.account,
            subscription=charge.subscription,
            parts=charge.parts,
            pos=plan.pos,
            reason=plan.reason,
            card_id=plan.card_id,
            method=method,
            masked_card=method.card_mask,
            amount=plan.amount,
            fee=plan.amount - charge.amount,
            currency=charge.currency,
            installments=charge.installments,
            payer_ip=charge.payer_ip,
            source=charge.source,
            user_id=charge.user_id,
            details=charge.details,
        )
    )
    reach("charge.reserved")
    gateway, order = bank.gateway_of(plan.pos), bank.order_of(payment, payer_of(method, charge.payer_ip))
    card = StoredCard(token=method.gateway_token, user_key=method.gateway_customer_id)
    result = bank.call(attempt, lambda: gateway.sale_with_stored_card(order, card))
    reach("charge.answered")
    complete.record(attempt, result)
    payment.refresh_from_db()
    return payment


def check_chargeable(method: PaymentMethod) -> type[Gateway]:
    """The gateway that keeps the method. Raises MethodExpiredError or MethodNotChargeableError."""
    if not method.is_active:
        raise MethodNotChargeableError(_("This payment method is switched off."))
    if method.kind not in CHARGEABLE_KINDS:
        raise MethodNotChargeableError(
            _("A payment method of the kind %(kind)s cannot be charged.")
            % {"kind": method.get_kind_display()}
        )
    if method.is_expired:
        raise MethodExpiredError(_("The card has expired."))
    gateway = registry.find_short(method.gateway) if method.gateway_token else None
    if gateway is None:
        raise MethodNotChargeableError(_("This payment method is kept by no gateway that we know."))
    return gateway


def plan_method(charge: MethodCharge) -> MethodPlan:
    """The POS on the account's channel whose gateway keeps the token. Raises PayerError.

    Where the card's own route (by its visible first digits) leads to such a POS it is that one, else the first.
    """
    method, channel = charge.method, charge.method.account.channel
    gateway_class = check_chargeable(method)
    match = _match(charge)
    amount, card_id = charge.amount, match.card.pk if match else None
    if charge.installments > 1:
        amount = find_offer(match, charge.installments)
    route = (match.cash if charge.installments == 1 else match.installment) if match else None
    if route and route.pos and route.pos.gateway == gateway_class.path:
        pos: POS | None = route.pos
        reason = str(route.reason)
    else:
        pos = POS.objects.filter(channel=channel, gateway=gateway_class.path).order_by("pk").first()
        reason = _("the channel's first POS on %(gateway)s, which keeps the card") % {
            "gateway": method.gateway
        }
    order = sketch(amount, charge.currency, charge.installments, payer_of(method, charge.payer_ip))
    if pos is None or not accepts(pos, Capability.STORED_CARD_SALE, order):
        raise MethodNotChargeableError(
            _("%(gateway)s cannot charge this payment method.") % {"gateway": gateway_class.display()}
        )
    return MethodPlan(pos, reason, card_id, amount)


def payer_of(method: PaymentMethod, ip: str) -> Payer:
    """Who pays, as far as we know them."""
    account, address = method.account, method.billing_address
    name, _space, surname = method.holder_name.rpartition(" ")
    return Payer(
        ip=ip,
        name=name or surname,
        surname=surname,
        email=account.email,
        phone=account.phone,
        address=address.street if address else "",
        city=address.city if address else "",
        country=address.country if address else "",
    )


def _match(charge: MethodCharge) -> routing.Match | None:
    first_digits = charge.method.card_mask.partition("*")[0]
    try:
        return routing.match(
            channel=charge.method.account.channel,
            bin=first_digits,
            currency=charge.currency,
            amount=charge.amount,
        )
    except NoCardMatchedError:
        return None
