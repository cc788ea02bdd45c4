"""Manual settlement: books what the bank confirmed to an operator, for outcomes that status queries cannot settle.

Above the limit (billing/services/approval.py) a different user must approve it, like a refund.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.attempts import engine
from billing.attempts.bookings import book_refund, capture, mark_unknown, move, move_refund
from billing.attempts.clock import recheck_after
from billing.attempts.in_flight import may_be_in_flight, refund_may_be_in_flight
from billing.errors import OutcomeKnownError, SecondPersonError
from billing.models import Operation, Payment, PaymentAttempt, Refund, Settlement, SettlementState
from billing.services import reconcile
from billing.services.approval import may_approve, settlement_needs_approval
from billing.states import OPEN_STATES, SENT_REFUND_STATES, PaymentState, RefundState
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.boundary import refuse_card_number_in
from payments.gateways.types import GatewayResult, Outcome, References


def can_settle_payment(payment: Payment) -> bool:
    return payment.state in OPEN_STATES and not may_be_in_flight(payment)


def can_settle_refund(refund: Refund) -> bool:
    return refund.state in SENT_REFUND_STATES and not refund_may_be_in_flight(refund)


def settle_payment(
    payment: Payment, *, was_taken: bool, reason: str, user_id: int | None, bank_reference: str = ""
) -> Payment:
    """Settle a payment as captured or not captured. The bank is queried first; if it answers, its answer is booked.

    Raises OutcomeKnownError if the outcome is known, or the bank may still book the payment.
    """
    refuse_card_number_in("reason", reason)
    if payment.state in OPEN_STATES:
        payment = reconcile.query_status(payment, user_id=user_id, note=reason)
    if payment.state not in OPEN_STATES:
        raise OutcomeKnownError(
            _("The outcome of this payment is already known: %(state)s.")
            % {"state": payment.get_state_display()}
        )
    if may_be_in_flight(payment):
        raise OutcomeKnownError(_("The bank may still book this payment. Try again in a few minutes."))
    if settlement_needs_approval(payment, payment.amount):
        _wait_for_approval(payment, None, was_taken, reason, user_id, bank_reference)
        return payment
    return _book_payment(payment, was_taken, reason, user_id, bank_reference)


def _book_payment(
    payment: Payment, was_taken: bool, reason: str, user_id: int | None, bank_reference: str
) -> Payment:
    result = _manual_result(was_taken, bank_reference)
    with transaction.atomic(durable=True):
        mark_unknown(payment)  # a crash may have left it in any open state
        attempt = _write_down(
            engine.begin(payment, Operation.PERSON, requested_by_id=user_id, note=reason), result
        )
        moved = (
            capture(payment, attempt, result.references)
            if was_taken
            else move(payment, PaymentState.FAILED, checks=0, next_check_at=recheck_after(0))
        )
        if not moved:  # a concurrent process was faster: roll the attempt back
            raise OutcomeKnownError(
                _("The outcome of this payment is already known: %(state)s.")
                % {"state": payment.get_state_display()}
            )
    payment.refresh_from_db()
    return payment


def settle_refund(
    refund: Refund, *, was_made: bool, reason: str, user_id: int | None, bank_reference: str = ""
) -> Refund:
    """Settle a refund or void as made or not made. Raises like `settle_payment`."""
    refuse_card_number_in("reason", reason)
    if refund.state in SENT_REFUND_STATES:
        reconcile.query_status(refund.payment, user_id=user_id, note=reason)
        refund.refresh_from_db()
    if refund.state not in SENT_REFUND_STATES:
        raise OutcomeKnownError(
            _("The outcome of this refund is already known: %(state)s.")
            % {"state": refund.get_state_display()}
        )
    if refund_may_be_in_flight(refund):
        raise OutcomeKnownError(_("The bank may still book this refund. Try again in a few minutes."))
    if settlement_needs_approval(refund.payment, refund.amount):
        _wait_for_approval(refund.payment, refund, was_made, reason, user_id, bank_reference)
        return refund
    return _book_refund(refund, was_made, reason, user_id, bank_reference)


def _book_refund(
    refund: Refund, was_made: bool, reason: str, user_id: int | None, bank_reference: str
) -> Refund:
    payment, result = refund.payment, _manual_result(was_made, bank_reference)
    note = " · ".join(filter(None, (reason, bank_reference)))
    with transaction.atomic(durable=True):
        attempt = engine.begin(payment, Operation.PERSON, refund=refund, requested_by_id=user_id, note=note)
        _write_down(attempt, result)
        moved = (
            book_refund(refund, attempt, result.references)
            if was_made
            else move_refund(refund, RefundState.DECLINED)
        )
        if not moved:  # a concurrent process was faster: roll the attempt back
            refund.refresh_from_db()
            raise OutcomeKnownError(
                _("The outcome of this refund is already known: %(state)s.")
                % {"state": refund.get_state_display()}
            )
        Payment.objects.filter(pk=payment.pk).update(
            checks=0, next_check_at=None if was_made else recheck_after(0)
        )
    refund.refresh_from_db()
    return refund


def is_waiting(payment: Payment) -> bool:
    """Whether a settlement of the payment or of one of its refunds waits for approval."""
    return payment.settlements.filter(state=SettlementState.WAITING).exists()


def approve_settlement(settlement: Settlement, *, user_id: int | None, note: str = "") -> Settlement:
    """Approve and book a settlement. The bank is queried once more first.

    Raises SecondPersonError for the requester, OutcomeKnownError if the bank has answered meanwhile.
    """
    _require_second_person(settlement, user_id, note)
    payment = reconcile.query_status(settlement.payment, user_id=user_id, note=note)
    refund = settlement.refund
    if refund is not None:
        refund.refresh_from_db()
    is_unknown = refund.state in SENT_REFUND_STATES if refund is not None else payment.state in OPEN_STATES
    _decide(settlement, SettlementState.DONE if is_unknown else SettlementState.OBSOLETE, user_id, note)
    if not is_unknown:
        raise OutcomeKnownError(_("The bank has answered meanwhile. Its answer is booked."))
    booked = (
        settlement.money_moved,
        settlement.reason,
        settlement.requested_by_id,
        settlement.bank_reference,
    )
    if refund is not None:
        _book_refund(refund, *booked)
    else:
        _book_payment(payment, *booked)
    return settlement


def reject_settlement(settlement: Settlement, *, user_id: int | None, note: str = "") -> Settlement:
    """Reject a settlement; the outcome stays unknown. Raises SecondPersonError for the requester."""
    _require_second_person(settlement, user_id, note)
    _decide(settlement, SettlementState.REJECTED, user_id, note)
    return settlement


def _wait_for_approval(
    payment: Payment,
    refund: Refund | None,
    money_moved: bool,
    reason: str,
    user_id: int | None,
    bank_reference: str,
) -> None:
    """Does nothing if a settlement of the payment is already waiting."""
    Settlement.objects.get_or_create(
        payment=payment,
        state=SettlementState.WAITING,
        defaults={
            "refund": refund,
            "money_moved": money_moved,
            "reason": reason,
            "requested_by_id": user_id,
            "bank_reference": bank_reference,
        },
    )


def _require_second_person(settlement: Settlement, user_id: int | None, note: str) -> None:
    refuse_card_number_in("reason", note)
    if not may_approve(user_id, requested_by_id=settlement.requested_by_id):
        raise SecondPersonError(_("A different user must approve this settlement."))


def _decide(settlement: Settlement, to: SettlementState, user_id: int | None, note: str) -> None:
    decided = Settlement.objects.filter(pk=settlement.pk, state=SettlementState.WAITING).update(
        state=to, decided_by_id=user_id, decision_note=note
    )
    if not decided:
        raise OutcomeKnownError(_("This settlement is already decided."))
    action = Action.MONEY_REJECTED if to is SettlementState.REJECTED else Action.MONEY_APPROVED
    told = {"payment": settlement.payment_id, "state": to, "money_moved": settlement.money_moved}
    record(action, settlement, after=told, reason=note, user_id=user_id)
    settlement.refresh_from_db()


def _manual_result(was_moved: bool, bank_reference: str) -> GatewayResult:
    outcome = Outcome.APPROVED if was_moved else Outcome.DECLINED
    return GatewayResult(outcome=outcome, references=References(host_reference=bank_reference))


def _write_down(attempt: PaymentAttempt, result: GatewayResult) -> PaymentAttempt:
    engine.finish(attempt, result)
    return attempt
