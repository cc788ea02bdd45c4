"""Money received outside (cash, checks): recorded and booked in one transaction."""

from django.db import IntegrityError, transaction

from billing.attempts import engine
from billing.attempts.bookings import capture
from billing.models import Operation, Payment, ReceivedAs
from billing.services.charge_plan import new_order_id
from billing.services.client_references import unique_correlator
from billing.services.payment_request import PaymentRequest
from billing.services.reservation import create_payment, payer_error
from billing.states import PaymentState
from payments.gateways.types import GatewayResult, Outcome, References


def record_outside_payment(request: PaymentRequest, received_as: ReceivedAs) -> Payment:
    """The attempt holds the user who recorded the money. Raises what `reserve` raises."""
    result = GatewayResult(outcome=Outcome.APPROVED, references=References(auth_code=request.auth_code))
    try:
        with unique_correlator(request.client_references), transaction.atomic(durable=True):
            payment = create_payment(
                request,
                order_id=new_order_id(),
                state=PaymentState.PROCESSING,
                received_as=received_as,
            )
            attempt = engine.begin(payment, Operation.RECEIVED, requested_by_id=request.user_id)
            engine.finish(attempt, result)
            capture(payment, attempt, result.references)
    except IntegrityError as error:
        raise payer_error(error) from None
    payment.refresh_from_db()
    return payment
