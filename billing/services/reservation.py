"""Reserves a charge: payment, bills and attempt, committed before the bank is called."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.attempts import engine
from billing.attempts.clock import after, check_after
from billing.errors import BillAlreadyPaidError, BillPaymentInProgressError
from billing.hub.outbox import deliver_on_commit
from billing.models import Operation, PayerReturn, Payment, PaymentAttempt, PaymentBill, PaymentMethod
from billing.services.charge_plan import ChargePlan
from billing.services.client_references import unique_correlator
from billing.services.payment_request import PaymentRequest
from billing.services.velocity import count_payment
from billing.states import PaymentState
from config.kit.lib.database import violated_constraint
from payments.gateways.types import GatewayResult, Outcome
from payments.models import PosVersion


def reserve(request: PaymentRequest, plan: ChargePlan) -> tuple[Payment, PaymentAttempt]:
    """Raises BillPaymentInProgressError if a bill has an open payment: the database allows one for each bill.

    Raises BillAlreadyPaidError for a bill that was paid since it was read, VelocityLimitError, and
    AlreadyRequestedError where the correlator id of the client's references was used meanwhile.
    """
    operation = Operation.START_THREE_D if request.three_d else Operation.SALE
    expires_at = after(settings.THREE_D_MINUTES * 60)
    method = request.instrument if isinstance(request.instrument, PaymentMethod) else None
    try:
        with unique_correlator(request.client_references), transaction.atomic(durable=True):
            payment = create_payment(
                request,
                order_id=plan.order.id,
                state=PaymentState.CREATED if request.three_d else PaymentState.PROCESSING,
                pos=plan.pos,
                pos_version=PosVersion.objects.of(plan.pos),
                route_reason=plan.reason[:200],
                card_id=plan.card_id,
                payment_method=method,
                masked_card=plan.masked_card,
                amount=plan.order.amount,
                fee_amount=plan.fee,
                expires_at=expires_at if request.three_d else None,
                next_check_at=check_after(0),
            )
            count_payment(payment, request)
            deliver_on_commit()
            return payment, engine.begin(payment, operation, requested_by_id=request.user_id)
    except IntegrityError as error:
        raise payer_error(error) from None


def fail_over(
    payment: Payment, attempt: PaymentAttempt, result: GatewayResult, plan: ChargePlan
) -> PaymentAttempt | None:
    """Move a reserved payment to another POS, after the first one provably did not receive its request.

    The next attempt; None where the payment has moved meanwhile, or its bank was asked about it.
    """
    try:
        with transaction.atomic(durable=True):
            if result.outcome is not Outcome.NOT_SENT or not engine.finish(attempt, result):
                return None
            unmoved = Payment.objects.filter(pk=payment.pk, state=payment.state, pos=attempt.pos_id)
            if not unmoved.update(
                pos=plan.pos,
                pos_version=PosVersion.objects.of(plan.pos),
                route_reason=plan.reason[:200],
                next_check_at=check_after(0),
                modified_date=timezone.now(),
            ):
                return None
            payment.refresh_from_db()
            return engine.begin(
                payment, Operation(attempt.operation), requested_by_id=attempt.requested_by_id
            )
    except IntegrityError as error:
        if violated_constraint(error) == "billing_payment_pos_changes_by_failover":
            return None
        raise


def create_payment(request: PaymentRequest, **fields: Any) -> Payment:
    """Write the payment, its bills and the client's references, in the caller's transaction."""
    known = {
        "channel": request.account.channel,
        "account": request.account,
        "subscription": request.subscription,
        "installments": request.installments,
        "amount": request.amount,
        "currency": request.currency,
        "is_three_d": request.three_d,
        "payer_ip": request.payer.ip or None,
        "source": request.source,
        "created_by_id": request.user_id,
    }
    payment = Payment.objects.create(**{**known, **fields})
    if request.client_references is not None:
        request.client_references.payment = payment
        request.client_references.save(force_insert=True)
    if request.return_url and request.three_d:
        PayerReturn.objects.create(payment=payment, url=request.return_url)
    PaymentBill.objects.bulk_create(
        [
            PaymentBill(payment=payment, bill=bill, amount=amount)
            for bill, amount in sorted(request.parts or (), key=lambda part: part[0].pk)
        ]  # ordered by key, because each row locks its bill: another order could deadlock
    )
    return payment


def payer_error(error: IntegrityError) -> Exception:
    """The payer's error for a violated constraint; `error` itself for other constraints."""
    name = violated_constraint(error)
    if name == "billing_one_open_payment_per_bill":
        return BillPaymentInProgressError(
            _("A payment of this bill is in progress. Please wait for its result.")
        )
    if name == "billing_paymentbill_bill_is_open":  # paid since it was read
        return BillAlreadyPaidError(_("One of the bills is already paid."))
    return error
