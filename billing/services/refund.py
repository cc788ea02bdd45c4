"""Refunds and voids: reserve the amount and commit, call the bank, record its answer. Large ones need approval."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing.attempts import engine
from billing.attempts.admission import admitted
from billing.attempts.bookings import move_refund
from billing.attempts.clock import check_after
from billing.attempts.gateway import connect_for, order_of, references_of
from billing.attempts.refund_outcomes import apply_refund_answer, record_refund
from billing.errors import (
    GatewayUnavailableError,
    NoCreditError,
    NotRefundableError,
    RefundExceedsError,
    RefundInProgressError,
    SecondPersonError,
)
from billing.hub.outbox import deliver_on_commit
from billing.locks import lock_account, lock_payment
from billing.models import Operation, Payment, PaymentAttempt, Refund, RefundClientReferences, RefundKind
from billing.services import reconcile
from billing.services.approval import may_approve, refund_needs_approval
from billing.services.client_references import unique_correlator
from billing.states import OPEN_STATES, REFUNDABLE_STATES, SENT_REFUND_STATES, PaymentState, RefundState
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.boundary import refuse_card_number_in
from config.kit.lib.database import violated_constraint
from payments.gateways.types import Capability, GatewayResult, Outcome, Reason

IN_PROGRESS = gettext_noop("Another refund of this payment is in progress. Wait for the bank's response.")


def refund_payment(
    payment: Payment,
    *,
    amount: Decimal | None,
    reason: str,
    user_id: int | None,
    kind: RefundKind = RefundKind.REFUND,
    client_references: RefundClientReferences | None = None,
    of_credit: bool = False,
) -> Refund:
    """Refund `amount` in major units, by default the whole refundable amount. Above the limit it waits for approval.

    `of_credit`: refund only unallocated amounts. Raises NotRefundableError, RefundExceedsError,
    RefundInProgressError, GatewayUnavailableError, InvalidValueError or AlreadyRequestedError, with nothing attempted.
    """
    refuse_card_number_in("reason", reason)
    if payment.state in OPEN_STATES:
        payment = reconcile.query_status(payment, user_id=user_id)
    if payment.state not in REFUNDABLE_STATES:
        raise NotRefundableError(
            _("A payment with status %(state)s cannot be refunded.") % {"state": payment.state}
        )
    _require_no_sent_refund(payment, user_id)
    payment.refresh_from_db()
    amount = payment.refundable_amount if amount is None else amount
    if amount <= 0:  # other refunds may have reserved all of it
        raise RefundExceedsError(_("The payment has no refundable amount left."))
    if kind is RefundKind.VOID and amount != payment.amount:
        raise NotRefundableError(_("Only the full amount of a payment can be voided."))
    _require_capability(payment, kind, amount)
    wanted = Refund(payment=payment, kind=kind, amount=amount, reason=reason, requested_by_id=user_id)
    with _admitted(payment):
        refund, attempt = _reserve(wanted, client_references, of_credit=of_credit)
        return _send(refund, attempt)


def can_refund(payment: Payment) -> bool:
    """Whether there is a refundable amount and the POS can refund it."""
    left = payment.state in REFUNDABLE_STATES and payment.refundable_amount > 0
    if left and payment.pos is None:
        return True
    return left and connect_for(payment).can(_needed(payment, payment.refundable_amount))


def can_void(payment: Payment) -> bool:
    whole = payment.state == PaymentState.CAPTURED and payment.refundable_amount == payment.amount
    return whole and payment.pos is not None and connect_for(payment).can(Capability.VOID)


def approve(refund: Refund, *, user_id: int | None, note: str = "") -> Refund:
    """Approve and send a refund. Raises SecondPersonError for the requester, even a superuser."""
    with _admitted(refund.payment):
        with _refund_errors(), transaction.atomic(durable=True):
            _decide(refund, RefundState.PROCESSING, user_id, note)
            attempt = _begin(refund)
        return _send(refund, attempt)


def reject(refund: Refund, *, user_id: int | None, note: str = "") -> Refund:
    """Reject a refund and release its amount. Raises SecondPersonError for the requester."""
    _decide(refund, RefundState.REJECTED, user_id, note)
    return refund


def due_refunds() -> list[int]:
    """Keys of scheduled refunds that are due."""
    due = Refund.objects.filter(state=RefundState.SCHEDULED, send_after__lte=Now())
    return list(due.order_by("send_after").values_list("pk", flat=True))


def send_scheduled(key: int) -> None:
    """Send a scheduled refund. Does nothing if another process sends it.

    It stays due if the outcome of another refund is unknown or the bank is unavailable.
    """
    refund = Refund.objects.select_related("payment__pos", "payment__channel").get(pk=key)
    try:
        with _admitted(refund.payment):
            with _refund_errors(), transaction.atomic(durable=True):
                if not move_refund(refund, RefundState.PROCESSING, only_from=(RefundState.SCHEDULED,)):
                    return
                attempt = _begin(refund)
            _send(refund, attempt)
    except (RefundInProgressError, GatewayUnavailableError):
        return


def _begin(refund: Refund, operation: Operation | None = None) -> PaymentAttempt | None:
    """Write the attempt, in the transaction that decides on the refund, so that status queries settle it after a crash.

    None for money received outside: it is refunded outside and booked in this transaction.
    """
    if refund.payment.pos is None:
        attempt = engine.begin(
            refund.payment, Operation.RETURNED, refund=refund, requested_by_id=refund.requested_by_id
        )
        apply_refund_answer(attempt, GatewayResult(outcome=Outcome.APPROVED))
        return None
    operation = operation or (Operation.VOID if refund.kind == RefundKind.VOID else Operation.REFUND)
    Payment.objects.filter(pk=refund.payment_id).update(next_check_at=check_after(0), checks=0)
    return engine.begin(refund.payment, operation, refund=refund, requested_by_id=refund.requested_by_id)


def _send(refund: Refund, attempt: PaymentAttempt | None) -> Refund:
    """Call the bank for a refund whose amount is reserved.

    A refund of the full amount is sent as a void if the bank has not closed its day yet.
    """
    if attempt is not None:
        gateway, order = connect_for(refund.payment), order_of(refund.payment)
        references = references_of(refund.payment)
        if attempt.operation == Operation.VOID:
            result = engine.call(attempt, lambda: gateway.void(order, references))
        else:
            result = engine.call(attempt, lambda: gateway.refund(order, references, refund.amount))
        if (
            result.reason == Reason.NOT_SETTLED
            and refund.amount == order.amount
            and gateway.can(Capability.VOID)
        ):
            with transaction.atomic(durable=True):
                engine.finish(attempt, result)
                void = _begin(refund, Operation.VOID)
            return _send(refund, void)
        record_refund(attempt, result)
    refund.refresh_from_db()
    return refund


def _reserve(
    refund: Refund, client_references: RefundClientReferences | None, *, of_credit: bool
) -> tuple[Refund, PaymentAttempt | None]:
    """The refund, and its attempt if the bank is to be called now."""
    with _refund_errors(), unique_correlator(client_references), transaction.atomic(durable=True):
        lock_account(refund.payment.account_id)  # concurrent requests count towards the same limit
        waits = refund_needs_approval(refund.payment, refund.amount)
        refund.state = RefundState.WAITING if waits else RefundState.PROCESSING
        if of_credit:
            _require_credit(refund)
        refund.save(force_insert=True)
        if client_references is not None:
            client_references.refund = refund
            client_references.save(force_insert=True)
        deliver_on_commit()
        return refund, None if waits else _begin(refund)


def _admitted(payment: Payment) -> AbstractContextManager[object]:
    """Wraps everything that is written for a call. Money received outside needs no call."""
    return nullcontext() if payment.pos_id is None else admitted(payment.pos_id)


@contextmanager
def _refund_errors() -> Iterator[None]:
    """Wraps a transaction. Raises the error of the rule that a violated constraint stands for."""
    try:
        yield
    except IntegrityError as error:
        name = violated_constraint(error)
        if name == "billing_payment_refunded_at_most_captured":
            raise RefundExceedsError(_("Amount exceeds the payment's refundable amount.")) from None
        if name == "billing_one_refund_at_a_time":
            raise RefundInProgressError(_(IN_PROGRESS)) from None
        raise


def _require_no_sent_refund(payment: Payment, user_id: int | None) -> None:
    """Query a refund whose outcome is unknown. Raises RefundInProgressError if it stays unknown."""
    sent = payment.refunds.filter(state__in=SENT_REFUND_STATES)
    if sent.exists():
        reconcile.query_status(payment, user_id=user_id)
        if sent.exists():
            raise RefundInProgressError(_(IN_PROGRESS))


def _require_credit(refund: Refund) -> None:
    """Locks the payment, which excludes concurrent allocations and refunds. Raises NoCreditError."""
    if lock_payment(refund.payment_id).unallocated_amount < refund.amount:
        raise NoCreditError(_("Amount exceeds the payment's unallocated amount."))


def _decide(refund: Refund, to: RefundState, user_id: int | None, note: str) -> None:
    refuse_card_number_in("reason", note)
    if not may_approve(user_id, requested_by_id=refund.requested_by_id):
        raise SecondPersonError(_("A different user must approve or reject this refund."))
    if not move_refund(refund, to, decided_by_id=user_id, decision_note=note):
        raise NotRefundableError(_("This refund is no longer waiting for approval."))
    action = Action.MONEY_REJECTED if to is RefundState.REJECTED else Action.MONEY_APPROVED
    record(action, refund, after={"payment": refund.payment_id}, reason=note, user_id=user_id)
    refund.refresh_from_db()


def _require_capability(payment: Payment, kind: RefundKind, amount: Decimal) -> None:
    needed = Capability.VOID if kind is RefundKind.VOID else _needed(payment, amount)
    if payment.pos is None and kind is RefundKind.REFUND:
        return
    if payment.pos is None or not connect_for(payment).can(needed):
        raise NotRefundableError(_("This POS does not support this operation."))


def _needed(payment: Payment, amount: Decimal) -> Capability:
    return Capability.REFUND if amount == payment.amount else Capability.PARTIAL_REFUND
