"""Status queries at the bank: for unknown outcomes at growing delays, and before any other action on them."""

from django.db import transaction
from django.db.models.functions import Now

from billing.attempts import engine
from billing.attempts.admission import admitted
from billing.attempts.clock import check_after, repeated_recheck_after
from billing.attempts.gateway import connect_for, order_of, references_of
from billing.attempts.outcomes import record_status
from billing.models import Operation, Payment
from billing.states import ENDED_STATES
from config.kit.boundary import refuse_card_number_in
from payments.gateways.types import Capability, StatusQuery

_MONEY_OPERATIONS = (Operation.SALE, Operation.START_THREE_D, Operation.COMPLETE_THREE_D)


def claim_due(limit: int = 20) -> list[int]:
    """Claim payments that are due for a status query; concurrent workers get different ones. Commits the claim."""
    with transaction.atomic(durable=True):
        payments = list(
            Payment.objects.select_for_update(skip_locked=True)
            .filter(next_check_at__lte=Now())
            .order_by("next_check_at")[:limit]
        )
        for payment in payments:
            checks = payment.checks + 1
            ended = payment.state in ENDED_STATES
            again = repeated_recheck_after(checks) if ended else check_after(checks)
            Payment.objects.filter(pk=payment.pk).update(next_check_at=again, checks=checks)
    return [payment.pk for payment in payments]


def can_query_status(payment: Payment) -> bool:
    return payment.pos is not None and connect_for(payment).can(Capability.STATUS)


def query_status(payment: Payment, *, user_id: int | None = None, note: str = "") -> Payment:
    """Query the payment's status at the bank and apply the answer. `note` is the operator's reason.

    Raises GatewayUnavailableError if this process has too many queries in flight at the POS.
    """
    refuse_card_number_in("reason", note)
    if payment.pos_id is None or not can_query_status(payment):
        return payment
    gateway = connect_for(payment)
    with admitted(payment.pos_id, is_query=True):
        with transaction.atomic(durable=True):
            attempt = engine.begin(payment, Operation.STATUS, requested_by_id=user_id, note=note)
        query = StatusQuery(
            order=order_of(payment),
            references=references_of(payment),
            last_operation=_last_operation(payment),
        )
        result = engine.call(attempt, lambda: gateway.status(query))
    record_status(attempt, result)
    payment.refresh_from_db()
    return payment


def _last_operation(payment: Payment) -> str:
    attempt = payment.attempts.filter(operation__in=_MONEY_OPERATIONS).order_by("-pk").first()
    return attempt.operation if attempt else ""
