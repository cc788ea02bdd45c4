"""Takes payments: plan, reserve and commit, call the bank, record its answer. Cards are never stored."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.attempts import engine
from billing.attempts.admission import admitted
from billing.attempts.outcomes import record_charge
from billing.errors import AmountCurrencyError, GatewayUnavailableError
from billing.models import Payment, PaymentAttempt, PaymentMethod, ReceivedAs
from billing.services.charge_plan import ChargePlan, plan_card_charge, plan_method_charge
from billing.services.client_references import AlreadyRequestedError, find_replayed, get_replayed
from billing.services.outside_payment import record_outside_payment
from billing.services.payment_request import PaymentRequest, check_parts, find_oldest_open_bills
from billing.services.reservation import fail_over, reserve
from billing.services.return_token import return_token_of
from billing.states import PaymentState
from payments.gateways.types import CardData, GatewayResult, Outcome, ReturnUrls, StoredCard, ThreeDForm


@dataclass(frozen=True)
class PaymentResult:
    """The payment's state is the outcome; `form` is set if the payer must authenticate at the bank now."""

    payment: Payment
    form: ThreeDForm | None = field(default=None, repr=False)


def take_payment(request: PaymentRequest) -> PaymentResult:
    """Charge a card or a stored method, or record money received outside.

    A request that repeats a correlator id gets the first payment. Raises PayerError or CorrelatorReusedError, with
    nothing attempted.
    """
    replayed = find_replayed(request.client_references)
    if replayed is not None:
        return PaymentResult(replayed.payment)
    if request.currency != request.account.currency:
        raise AmountCurrencyError(
            _("The account's currency is %(currency)s.") % {"currency": request.account.currency}
        )
    if request.parts is None:
        request = replace(request, parts=find_oldest_open_bills(request.account, request.amount))
    check_parts(request.parts or (), request.amount)
    try:
        if isinstance(request.instrument, ReceivedAs):
            return PaymentResult(record_outside_payment(request, request.instrument))
        return charge(request)
    except AlreadyRequestedError:
        return PaymentResult(get_replayed(request.client_references).payment)


def charge(request: PaymentRequest) -> PaymentResult:
    """Charge a typed card, with or without 3-D Secure, or a stored one. Raises PayerError with nothing written.

    The card's fallback POS is tried only if the first one provably did not receive the request: it is
    unavailable, or the attempt was not sent.
    """
    called: _Called | None = None
    for plan in _plans(request):
        try:
            with admitted(plan.pos.pk, is_form=request.three_d and not plan.gateway.start_calls_bank):
                called = _call(request, plan, called) or called
        except GatewayUnavailableError:
            continue
        if called is not None and called.result.outcome is not Outcome.NOT_SENT:
            break
    if called is None:
        raise GatewayUnavailableError
    record_charge(called.attempt, called.result)
    called.payment.refresh_from_db()
    waits = (
        called.payment.state == PaymentState.PENDING_3D
    )  # else it ended during a slow call: nobody must confirm it
    return PaymentResult(called.payment, called.result.form if waits else None)


@dataclass(frozen=True)
class _Called:
    payment: Payment
    attempt: PaymentAttempt
    result: GatewayResult = field(repr=False)


def _plans(request: PaymentRequest) -> list[ChargePlan]:
    """The POS to charge, and the fallback if there is one."""
    if isinstance(request.instrument, PaymentMethod):
        return plan_method_charge(request, request.instrument)
    if isinstance(request.instrument, CardData):
        return plan_card_charge(request, request.instrument)
    raise TypeError("Money received outside is not charged.")


def _call(request: PaymentRequest, plan: ChargePlan, earlier: _Called | None) -> _Called | None:
    """Reserve, or take over the reservation of an earlier call that was not sent. None if that is not possible."""
    if earlier is None:
        payment, attempt = reserve(request, plan)
    else:
        payment = earlier.payment
        next_attempt = fail_over(payment, earlier.attempt, earlier.result, plan)
        if next_attempt is None:
            return None
        attempt = next_attempt
    return _Called(payment, attempt, engine.call(attempt, _bank_request(request, plan, payment)))


def _bank_request(request: PaymentRequest, plan: ChargePlan, payment: Payment) -> Callable[[], GatewayResult]:
    """The gateway's call for this charge."""
    gateway, order, instrument = plan.gateway, plan.order, request.instrument
    if isinstance(instrument, PaymentMethod):
        stored = StoredCard(token=instrument.gateway_token, user_key=instrument.gateway_customer_id)
        return lambda: gateway.sale_with_stored_card(order, stored)
    if not isinstance(instrument, CardData):
        raise TypeError("Money received outside is not charged.")
    if request.three_d:
        return lambda: gateway.start_three_d(order, instrument, _return_urls(payment))
    return lambda: gateway.sale(order, instrument)


def _return_urls(payment: Payment) -> ReturnUrls:
    url = settings.PUBLIC_URL + reverse("three-d-return", args=[return_token_of(payment)])
    return ReturnUrls(success=url, failure=url, server=url)
