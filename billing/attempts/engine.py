"""Attempts: one row for each call of a bank, committed before the call and finished after it."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from billing.attempts.admission import admitted
from billing.attempts.crash_points import CALLED, crash_point
from billing.models import Operation, Payment, PaymentAttempt, Refund
from billing.models.attempt import TRACE
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.lib import tracing
from config.kit.lib.masking import mask_text
from config.kit.lib.measures import BANK_CALLS, BANK_SECONDS
from payments.gateways.types import GatewayResult

R = TypeVar("R", bound=GatewayResult)


def begin(
    payment: Payment,
    operation: Operation,
    *,
    refund: Refund | None = None,
    requested_by_id: int | None = None,
    note: str = "",
) -> PaymentAttempt:
    """Write the attempt, in the caller's transaction. `note` is the operator's reason."""
    return PaymentAttempt.objects.create(
        payment=payment,
        pos_id=payment.pos_id if operation in CALLED else None,
        operation=operation,
        refund=refund,
        amount=refund.amount if refund else payment.amount,
        requested_by_id=requested_by_id,
        details={name: value for name, value in (("note", note), (TRACE, tracing.current())) if value},
    )


def call(attempt: PaymentAttempt, request: Callable[[], R]) -> R:
    """Call the bank for a committed attempt.

    Raises RuntimeError inside a transaction: a rollback would lose the trace of the call. Raises
    GatewayUnavailableError, with nothing sent, unless the caller is `admitted` or can be.
    """
    require_no_transaction()
    if attempt.pos_id is None:
        raise ValueError("The attempt calls no bank.")
    with admitted(attempt.pos_id, is_query=attempt.operation == Operation.STATUS) as admission:
        crash_point(f"{attempt.operation}.committed")
        result = _measured(attempt, request)
        crash_point(f"{attempt.operation}.answered")
        admission.record(result)
    return result


def _measured(attempt: PaymentAttempt, request: Callable[[], R]) -> R:
    pos, operation = str(attempt.pos_id), str(attempt.operation)
    started = time.monotonic()
    with tracing.span("bank call", pos=pos, operation=operation, attempt=attempt.pk) as span:
        result = request()
        told = {"outcome": str(result.outcome), "reason": str(result.reason)}
        tracing.add(span, **told)
    BANK_SECONDS.labels(pos, operation).observe(time.monotonic() - started)
    BANK_CALLS.labels(pos, operation, *told.values()).inc()
    return result


def finish(attempt: PaymentAttempt, result: GatewayResult) -> bool:
    """Write the answer, in the caller's transaction. False if another process has written it already."""
    changed = PaymentAttempt.objects.filter(pk=attempt.pk, finished_at=None).update(
        finished_at=timezone.now(),
        outcome=result.outcome,
        reason=result.reason,
        raw_code=result.raw_code[:64],
        bank_text=mask_text(result.bank_text)[:500],
        details=attempt.details | _details(result),
    )
    if changed and (attempt.operation != Operation.STATUS or attempt.requested_by_id):
        _record_money(attempt, outcome=str(result.outcome), reason=str(result.reason))
    return bool(changed)


def _record_money(attempt: PaymentAttempt, **told: str) -> None:
    """In the audit log: what was asked of the bank or written down, by whom, and what came of it."""
    note = attempt.details.get("note", "")
    record(
        Action.MONEY,
        attempt.payment or attempt.pos,
        name=f"{attempt.operation} {attempt.payment.order_id if attempt.payment else ''}".strip(),
        after={
            "operation": attempt.operation,
            **({"amount": str(attempt.amount)} if attempt.amount is not None else {}),
            "attempt": attempt.pk,
            **({"refund": attempt.refund_id} if attempt.refund_id else {}),
            **told,
        },
        reason=str(note),
        user_id=attempt.requested_by_id,
    )


def payment_id_of(attempt: PaymentAttempt) -> int:
    """Raises ValueError for an attempt that belongs to a POS alone (a bank's list of a day)."""
    if attempt.payment_id is None:
        raise ValueError("The attempt has no payment.")
    return attempt.payment_id


def require_no_transaction() -> None:
    """Raises RuntimeError inside a transaction. An empty durable block sends no query."""
    with transaction.atomic(durable=True):
        pass


def _details(result: GatewayResult) -> dict[str, object]:
    """Details for operators, without card numbers or 3-D Secure proofs."""
    checks = {name: getattr(result, name) for name in ("signature_valid", "three_d_ok", "payment_approved")}
    extra = {"mismatches": list(result.mismatches), "state": str(getattr(result, "state", ""))}
    return {name: value for name, value in {**checks, **extra}.items() if value not in (None, "", [])}
