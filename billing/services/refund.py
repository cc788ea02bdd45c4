"""Refunds and voids: reserve and commit, call the bank, record its answer. Above a limit a second person approves."""

from decimal import Decimal, InvalidOperation

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.attempts import engine
from billing.attempts.bookings import check_after, move_refund
from billing.attempts.gateway import connect, order_of, references_of
from billing.attempts.outcomes import record_refund
from billing.card_numbers import refuse_card_number_in
from billing.errors import NoCreditError, NotRefundableError, RefundExceedsError, SecondPersonError
from billing.hub.outbox import wake
from billing.models import Operation, Payment, PaymentAttempt, Refund, RefundDetails, RefundKind
from billing.services import reconcile
from billing.services.client_references import unique_correlator
from billing.states import OPEN_STATES, REFUNDABLE_STATES, PaymentState, RefundState
from config.kit.lib.database import violated_constraint
from payments.gateways.types import Capability, GatewayResult, Outcome


def refund_payment(
    payment: Payment,
    *,
    amount: Decimal | None,
    reason: str,
    user_id: int | None,
    kind: RefundKind = RefundKind.REFUND,
    client_references: RefundDetails | None = None,
    of_credit: bool = False,
) -> Refund:
    """Give `amount` (all that is left where None) back. Above the channel's limit it waits for a second person.

    `of_credit`: only of what is allocated to no bill. Nothing was attempted where it raises: NotRefundableError,
    RefundExceedsError, InvalidValueError or, for a correlator id that was used meanwhile, AlreadyRequestedError.
    """
    refuse_card_number_in("reason", reason)
    if payment.state in OPEN_STATES:
        payment = reconcile.ask(payment, user_id=user_id)
    if payment.state not in REFUNDABLE_STATES:
        raise NotRefundableError(
            _("A payment that is %(state)s has nothing to give back.") % {"state": payment.state}
        )
    amount = payment.refundable_amount if amount is None else amount
    if amount <= 0:  # all that is left may be nothing: another refund has it
        raise RefundExceedsError(_("Nothing is left of the payment that could be given back."))
    if kind is RefundKind.VOID and amount != payment.amount:
        raise NotRefundableError(_("Only a whole payment can be voided."))
    _require_capability(payment, kind, amount)
    wanted = Refund(payment=payment, kind=kind, amount=amount, reason=reason, requested_by_id=user_id)
    refund, attempt = _reserve(wanted, client_references, of_credit=of_credit)
    return refund if attempt is None else _execute(refund, attempt)


def can_refund(payment: Payment) -> bool:
    """Whether something is left to give back, and the POS can do it."""
    left = payment.state in REFUNDABLE_STATES and payment.refundable_amount > 0
    if left and payment.pos is None:
        return True
    return left and connect(payment.pos).can(_needed(payment, payment.refundable_amount))


def can_void(payment: Payment) -> bool:
    whole = payment.state == PaymentState.CAPTURED and payment.refundable_amount == payment.amount
    return whole and payment.pos is not None and connect(payment.pos).can(Capability.VOID)


def approve(refund: Refund, *, user_id: int | None, note: str = "") -> Refund:
    """The second person says yes. Raises SecondPersonError for who asked, superuser or not."""
    with transaction.atomic(durable=True):
        _decide(refund, RefundState.PROCESSING, user_id, note)
        attempt = _begin(refund)
    return _execute(refund, attempt)


def reject(refund: Refund, *, user_id: int | None, note: str = "") -> Refund:
    """The second person says no: the amount is free again."""
    _decide(refund, RefundState.REJECTED, user_id, note)
    return refund


def _begin(refund: Refund) -> PaymentAttempt:
    """The attempt's row, in the transaction that decides on the refund: a crash after it is found by asking."""
    if refund.payment.pos is None:
        return engine.begin(
            refund.payment, Operation.RETURNED, refund=refund, requested_by_id=refund.requested_by_id
        )
    operation = Operation.VOID if refund.kind == RefundKind.VOID else Operation.REFUND
    Payment.objects.filter(pk=refund.payment_id).update(next_check_at=check_after(0), checks=0)
    return engine.begin(refund.payment, operation, refund=refund, requested_by_id=refund.requested_by_id)


def _execute(refund: Refund, attempt: PaymentAttempt) -> Refund:
    """Call the bank for a refund that is reserved and decided; what was received outside goes back outside."""
    payment = refund.payment
    if payment.pos is None:
        record_refund(attempt, GatewayResult(outcome=Outcome.APPROVED))
        refund.refresh_from_db()
        return refund
    gateway, order = connect(payment.pos), order_of(payment)
    references = references_of(payment)
    if refund.kind == RefundKind.VOID:
        result = engine.call(attempt, lambda: gateway.void(order, references))
    else:
        result = engine.call(attempt, lambda: gateway.refund(order, references, refund.amount))
    record_refund(attempt, result)
    refund.refresh_from_db()
    return refund


def _reserve(
    refund: Refund, client_references: RefundDetails | None, *, of_credit: bool
) -> tuple[Refund, PaymentAttempt | None]:
    """The refund, and its attempt unless it waits for a second person."""
    limit = refund_limit(refund.payment)
    waits = limit is not None and refund.amount > limit
    refund.state = RefundState.WAITING if waits else RefundState.PROCESSING
    try:
        with unique_correlator(client_references), transaction.atomic(durable=True):
            if of_credit:
                _require_credit(refund)
            refund.save(force_insert=True)
            if client_references is not None:
                client_references.refund = refund
                client_references.save(force_insert=True)
            wake()
            return refund, None if waits else _begin(refund)
    except IntegrityError as error:
        if violated_constraint(error) != "billing_payment_refunded_at_most_captured":
            raise
        raise RefundExceedsError(_("More than what is left of the payment cannot be given back.")) from None


def _require_credit(refund: Refund) -> None:
    """Under the payment's lock: nobody puts the money to a bill, or gives it back, meanwhile."""
    if Payment.objects.select_for_update().get(pk=refund.payment_id).unallocated_amount < refund.amount:
        raise NoCreditError(_("The payment has not so much that is put to no bill."))


def refund_limit(payment: Payment) -> Decimal | None:
    """Above it a second person is needed: `refund_limit` in the channel's conf, in its currency's major units.

    A limit that is no number is 0: the door fails closed.
    """
    limit = payment.channel.conf.get("refund_limit")
    if limit is None:
        return None
    try:
        number = Decimal(str(limit))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


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
    if payment.pos is None or not connect(payment.pos).can(needed):
        raise NotRefundableError(_("This POS cannot do that."))


def _needed(payment: Payment, amount: Decimal) -> Capability:
    return Capability.REFUND if amount == payment.amount else Capability.PARTIAL_REFUND
