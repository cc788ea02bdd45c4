"""A bank's callback: stored, then verified, then processed. Invalid ones change nothing."""

from dataclasses import dataclass

from billing.attempts.cases import open_case
from billing.attempts.gateway import connect_for, order_of
from billing.attempts.outcomes import complete_three_d, query_soon, record_callback
from billing.models import Callback, Payment, Verdict
from billing.services.return_token import payment_of_return_token
from billing.states import ENDED_STATES, OPEN_STATES, PaymentState
from billing.threeds.stored_body import MAX_BODY, stored_body
from payments.gateways.types import CallbackResult, Outcome, Reason


@dataclass(frozen=True)
class HandledCallback:
    """The verdict on a callback, for the page that the payer sees."""

    payment: Payment | None
    verdict: Verdict


def handle_callback(*, token: str, body: bytes, method: str, remote_address: str | None) -> HandledCallback:
    """Store a callback, verify and process it. Never raises for its content."""
    payment = payment_of_return_token(token)
    callback = Callback.objects.create(
        payment=payment, method=method, remote_address=remote_address, body=stored_body(body, payment)
    )
    verdict, note = _process(payment, body)
    Callback.objects.filter(pk=callback.pk).update(verdict=verdict, note=note[:500])
    if payment is not None:
        payment.refresh_from_db()
    return HandledCallback(payment, verdict)


def _process(payment: Payment | None, body: bytes) -> tuple[Verdict, str]:
    if payment is None:
        return Verdict.STRAY, "unknown token"
    gateway = connect_for(payment)
    try:
        fields = gateway.read_callback(body[:MAX_BODY])
    except ValueError as error:
        return Verdict.UNREADABLE, type(error).__name__
    result = gateway.verify_callback(fields, order_of(payment))
    if result.outcome is Outcome.UNKNOWN:
        return _doubtful(payment, result)
    if result.outcome is Outcome.NEEDS_ACTION:
        return _complete(payment, result)
    return _final(payment, result)


def _complete(payment: Payment, result: CallbackResult) -> tuple[Verdict, str]:
    if payment.state in OPEN_STATES:
        done = complete_three_d(payment, result)
        return (Verdict.ACCEPTED, "") if done else (Verdict.DUPLICATE, "already being completed")
    if payment.captured_amount:
        return Verdict.DUPLICATE, f"payment is {payment.state}"
    return Verdict.LATE, f"payment is {payment.state}, no money was asked for"


def _final(payment: Payment, result: CallbackResult) -> tuple[Verdict, str]:
    """The callback has a final result: paid (3d_pay) or refused. Paid is booked whatever our row says."""
    before = payment.state
    if result.outcome is Outcome.DECLINED and before not in (PaymentState.CREATED, PaymentState.PENDING_3D):
        return _refused_late(payment)
    moved = record_callback(payment, result)
    if before in ENDED_STATES and moved:
        return Verdict.LATE, f"money taken after the payment had ended ({before}): booked"
    if not moved:
        return Verdict.DUPLICATE, "already booked or ended"
    verdict = Verdict.ACCEPTED if result.outcome is Outcome.APPROVED else Verdict.REFUSED
    return verdict, str(result.reason)


def _refused_late(payment: Payment) -> tuple[Verdict, str]:
    """A refusal ends a payment only while the payer authenticates; after that the completion's answer counts."""
    if payment.captured_amount or payment.state in OPEN_STATES:
        return Verdict.DUPLICATE, f"payment is {payment.state}"
    return Verdict.LATE, f"payment is {payment.state}"


def _doubtful(payment: Payment, result: CallbackResult) -> tuple[Verdict, str]:
    """Unsigned, forged or about another order: changes nothing, unless an authentic message says that money moved."""
    if result.payment_approved and result.signature_valid and not result.mismatches:
        open_case(payment, "The bank took the money although its 3-D Secure answer is not accepted.")
        query_soon(payment)
        return Verdict.REFUSED, "money taken at an mdStatus that this POS does not accept"
    if result.claims_money and result.mismatches:
        record_callback(payment, result)
        return Verdict.MISMATCH, "money taken, differs in " + ", ".join(result.mismatches)
    if result.refusal_is_unsigned:
        query_soon(payment)
        return Verdict.REFUSED, "refused without a signed result: the bank is queried"
    if result.reason is Reason.MISMATCH:
        return Verdict.MISMATCH, "differs in " + ", ".join(result.mismatches)
    return Verdict.FORGED, str(result.reason)
