"""Refunds and voids: reserve and commit, call the bank, record its answer. Above a limit a second person approves."""

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
from billing.attempts.outcomes import apply_refund_answer, record_refund
from billing.card_numbers import refuse_card_number_in
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
from billing.services.approval import refund_needs_approval
from billing.services.client_references import unique_correlator
from billing.states import OPEN_STATES, REFUNDABLE_STATES, SENT_REFUND_STATES, PaymentState, RefundState
from config.kit.lib.database import violated_constraint
from payments.gateways.types import Capability, GatewayResult, Outcome, Reason

IN_PROGRESS = gettext_noop("A refund of this payment is in progress. Wait for the bank's answer.")


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
    """Give `amount` (all that is left where None) back. Above the channel's limit it waits for a second person.

    `of_credit`: only of what is allocated to no bill. Nothing was attempted where it raises: NotRefundableError,
    RefundExceedsError, GatewayUnavailableError, InvalidValueError or, for a correlator id that was used meanwhile,
    AlreadyRequestedError.
    """
    refuse_card_number_in("reason", reason)
    if payment.state in OPEN_STATES:
        payment = reconcile.query_status(payment, user_id=user_id)
    if payment.state not in REFUNDABLE_STATES:
        raise NotRefundableError(
            _("A payment that is %(state)s has nothing to give back.") % {"state": payment.state}
        )
    _require_no_doubt(payment, user_id)
    payment.refresh_from_db()
    amount = payment.refundable_amount if amount is None else amount
    if amount <= 0:  # all that is left may be nothing: another refund has it
        raise RefundExceedsError(_("Nothing is left of the payment that could be given back."))
    if kind is RefundKind.VOID and amount != payment.amount:
        raise NotRefundableError(_("Only a whole payment can be voided."))
    _require_capability(payment, kind, amount)
    wanted = Refund(payment=payment, kind=kind, amount=amount, reason=reason, requested_by_id=user_id)
    with _admitted(payment):
        refund, attempt = _reserve(wanted, client_references, of_credit=of_credit)
        return _send(refund, attempt)


def can_refund(payment: Payment) -> bool:
    """Whether something is left to give back, and the POS can do it."""
    left = payment.state in REFUNDABLE_STATES and payment.refundable_amount > 0
    if left and payment.pos is None:
        return True
    return left and connect_for(payment).can(_needed(payment, payment.refundable_amount))


def can_void(payment: Payment) -> bool:
    whole = payment.state == PaymentState.CAPTURED and payment.refundable_amount == payment.amount
    return whole and payment.pos is not None and connect_for(payment).can(Capability.VOID)


def approve(refund: Refund, *, user_id: int | None, note: str = "") -> Refund:
    """The second person says yes. Raises SecondPersonError for who asked, superuser or not."""
    with _admitted(refund.payment):
        with _refund_errors(), transaction.atomic(durable=True):
            _decide(refund, RefundState.PROCESSING, user_id, note)
            attempt = _begin(refund)
        return _send(refund, attempt)


def reject(refund: Refund, *, user_id: int | None, note: str = "") -> Refund:
    """The second person says no: the amount is free again."""
    _decide(refund, RefundState.REJECTED, user_id, note)
    return refund


def due_refunds() -> list[int]:
    """Scheduled refunds whose time has come."""
    due = Refund.objects.filter(state=RefundState.SCHEDULED, send_after__lte=Now())
    return list(due.order_by("send_after").values_list("pk", flat=True))


def send_scheduled(key: int) -> None:
    """Send a scheduled refund now. Nothing where another process has it, another refund is in doubt, or the bank is
    unavailable: it is due again then.
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
    """The attempt's row, in the transaction that decides on the refund: a crash after it is found by queries.

    Money that was received outside goes back outside, at once: None, it is booked in this transaction.
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
    """Call the bank for a refund that is reserved and decided.

    A whole refund that comes before the bank has closed its day is voided instead.
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
    """The refund, and its attempt where the bank is called now."""
    with _refund_errors(), unique_correlator(client_references), transaction.atomic(durable=True):
        lock_account(refund.payment.account_id)  # requests at the same time count each other
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
    """Around everything that is written for a call. Money that was received outside needs no bank."""
    return nullcontext() if payment.pos_id is None else admitted(payment.pos_id)


@contextmanager
def _refund_errors() -> Iterator[None]:
    """What the constraints say to who refunds. Around the transaction."""
    try:
        yield
    except IntegrityError as error:
        name = violated_constraint(error)
        if name == "billing_payment_refunded_at_most_captured":
            raise RefundExceedsError(
                _("More than what is left of the payment cannot be given back.")
            ) from None
        if name == "billing_one_refund_at_a_time":
            raise RefundInProgressError(_(IN_PROGRESS)) from None
        raise


def _require_no_doubt(payment: Payment, user_id: int | None) -> None:
    """A refund in doubt is queried first. Raises RefundInProgressError while it stays in doubt."""
    doubtful = payment.refunds.filter(state__in=SENT_REFUND_STATES)
    if doubtful.exists():
        reconcile.query_status(payment, user_id=user_id)
        if doubtful.exists():
            raise RefundInProgressError(_(IN_PROGRESS))


def _require_credit(refund: Refund) -> None:
    """Under the payment's lock: nobody allocates or refunds the money meanwhile."""
    if lock_payment(refund.payment_id).unallocated_amount < refund.amount:
        raise NoCreditError(_("The payment has not so much that is put to no bill."))


def _decide(refund: Refund, to: RefundState, user_id: int | None, note: str) -> None:
    refuse_card_number_in("reason", note)
    if user_id is None or refund.requested_by_id == user_id:
        raise SecondPersonError(_("Somebody else than who asked must decide."))
    if not move_refund(refund, to, decided_by_id=user_id, decision_note=note):
        raise NotRefundableError(_("This refund does not wait for a decision any more."))
    refund.refresh_from_db()


def _require_capability(payment: Payment, kind: RefundKind, amount: Decimal) -> None:
    needed = Capability.VOID if kind is RefundKind.VOID else _needed(payment, amount)
    if payment.pos is None and kind is RefundKind.REFUND:
        return
    if payment.pos is None or not connect_for(payment).can(needed):
        raise NotRefundableError(_("This POS cannot do that."))


def _needed(payment: Payment, amount: Decimal) -> Capability:
    return Capability.REFUND if amount == payment.amount else Capability.PARTIAL_REFUND
