"""What is done to a payment for each finding of evidence, by whether it is open, ended or captured."""

from collections.abc import Callable

from billing.attempts.bookings import (
    capture,
    mark_unknown,
    move,
)
from billing.attempts.cases import open_case
from billing.attempts.clock import recheck_after
from billing.attempts.evidence import Evidence, Finding
from billing.attempts.in_flight import may_be_in_flight
from billing.attempts.refund_outcomes import sent_refunds
from billing.models import Operation, Payment, PaymentAttempt
from billing.states import (
    ENDED_STATES,
    OPEN_STATES,
    PaymentState,
)
from payments.gateways.types import (
    Reason,
)

Action = Callable[[Payment, PaymentAttempt, Evidence], bool]


def apply_evidence(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Apply CHARGE_TABLE. The caller must hold the payment's lock. False if no state changed."""
    open_action, ended_action, captured_action = CHARGE_TABLE[evidence.finding]
    if payment.state in OPEN_STATES:
        return open_action(payment, attempt, evidence)
    if payment.state in ENDED_STATES:
        return ended_action(payment, attempt, evidence)
    return captured_action(payment, attempt, evidence)


def _capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return capture(payment, attempt, evidence.references)


def _capture_late(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Book a capture of a payment that had ended, and open a case."""
    ended_as = payment.get_state_display()
    if not capture(payment, attempt, evidence.references, is_late=True):
        return False
    open_case(
        payment,
        f"The bank took the money after this payment had ended ({ended_as}). It was booked: allocated to bills that "
        "are still open, the rest unallocated. Contact the customer, who may have paid again.",
    )
    return True


def _decline(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return move(payment, PaymentState.DECLINED, reason=evidence.reason, next_check_at=None)


def _fail(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return move(payment, PaymentState.FAILED, reason=evidence.reason, next_check_at=None)


def _wait_for_payer(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return move(
        payment,
        PaymentState.PENDING_3D,
        only_from=(PaymentState.CREATED,),
        next_check_at=payment.expires_at,
        transaction_id=evidence.references.transaction_id,
    )


def _doubt(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """A status query without an answer changes nothing; the next one is already scheduled."""
    if attempt.operation == Operation.STATUS:
        return False
    return mark_unknown(payment, evidence.reason)


def _not_found(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Fails the payment, which releases its bills, unless a request may be in flight. Queries continue."""
    if may_be_in_flight(payment):
        return False
    return move(
        payment, PaymentState.FAILED, reason=Reason.NOT_FOUND, checks=0, next_check_at=recheck_after(0)
    )


def _pending(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """An unfinished 3-D Secure ends like an order that the bank does not know.

    Not if a sale or completion was sent: the bank may still book it.
    """
    asked_for_money = payment.attempts.filter(
        operation__in=[Operation.SALE, Operation.COMPLETE_THREE_D]
    ).exists()
    if asked_for_money or not payment.is_three_d:
        return False
    return _not_found(payment, attempt, evidence)


def _contradicts(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    open_case(payment, evidence.text)
    return payment.state in OPEN_STATES and mark_unknown(payment, evidence.reason)


def _declined_after_capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    if attempt.operation in (Operation.STATUS, Operation.PERSON):
        open_case(payment, f"Our payment is captured, the bank says it was not. {evidence.text}")
    return False


def _missing_after_capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    open_case(payment, f"Our payment is captured, the bank does not know it. {evidence.text}")
    return False


def _returned_after_capture(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    """Opens a case unless a refund or void of ours explains it: it may have been made in the bank's portal."""
    explained = payment.refunded_amount >= payment.captured_amount or sent_refunds(payment).exists()
    if not explained:
        open_case(payment, f"The bank has given the money back, our books have not. {evidence.text}")
    return False


def _nothing(payment: Payment, attempt: PaymentAttempt, evidence: Evidence) -> bool:
    return False


CHARGE_TABLE: dict[Finding, tuple[Action, Action, Action]] = {
    #                      open             ended            captured, also if refunded since
    Finding.TAKEN: (_capture, _capture_late, _nothing),
    Finding.NOT_TAKEN: (_decline, _nothing, _declined_after_capture),
    Finding.NOT_SENT: (_fail, _nothing, _nothing),
    Finding.PAYER_NEEDED: (_wait_for_payer, _nothing, _nothing),
    Finding.PENDING: (_pending, _nothing, _nothing),
    Finding.THREE_D_OPEN: (_not_found, _nothing, _missing_after_capture),
    Finding.RETURNED: (_fail, _nothing, _returned_after_capture),
    Finding.NOT_FOUND: (_not_found, _nothing, _missing_after_capture),
    Finding.CONTRADICTS: (_contradicts, _contradicts, _contradicts),
    Finding.NOTHING: (_doubt, _nothing, _nothing),
}
"""The action for each finding, by the payment's state. Open: outcome not known; ended: declined or failed."""
