"""Asks a POS's bank about an order that does not exist: "not found" proves address, terminal and password.

Keys that only sign 3-D Secure pages are not part of the question, and so not tested.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.attempts import engine
from billing.attempts.admission import admitted
from billing.attempts.gateway import connect
from billing.errors import GatewayUnavailableError
from billing.models import Operation, PaymentAttempt
from billing.services.charge_plan import new_order_id
from config.kit.lib.masking import mask_text
from payments.connection_test import Answer
from payments.gateways.base.gateway import Gateway
from payments.gateways.types import (
    Capability,
    OrderData,
    OrderState,
    Outcome,
    Payer,
    Reason,
    StatusQuery,
    StatusResult,
)
from payments.models import POS
from payments.pos_gateway import gateway_class

NOTE = "connection test"


def ask_bank(pos: POS, user_id: int | None) -> Answer:
    """One status query, kept as an attempt of the POS. Raises RuntimeError inside a transaction."""
    if not gateway_class(pos).is_operable:
        return Answer(False, _("Its gateway cannot take payments yet."))
    gateway = connect(pos)
    if not gateway.can(Capability.STATUS):
        return Answer(False, _("Its gateway has no question that moves no money."))
    try:
        with admitted(pos.pk, is_query=True):
            return _answer(_ask(pos, gateway, user_id))
    except GatewayUnavailableError:
        return Answer(False, _("Too many questions are on their way to this bank. Try again in a moment."))


def _ask(pos: POS, gateway: Gateway, user_id: int | None) -> StatusResult:
    order = OrderData(
        id=new_order_id(gateway.order_id_max_length),
        amount=Decimal(1),
        currency="TRY" if "TRY" in gateway.currencies else min(gateway.currencies),
        payer=Payer(ip="127.0.0.1"),  # no payer is there, but some banks want an address
    )
    with transaction.atomic(durable=True):
        attempt = PaymentAttempt.objects.create(
            pos=pos, operation=Operation.STATUS, requested_by_id=user_id, details={"note": NOTE}
        )
    query = StatusQuery(order=order, last_operation=Operation.START_THREE_D)
    result = engine.call(attempt, lambda: gateway.status(query))
    with transaction.atomic(durable=True):
        engine.finish(attempt, result)
    return result


def _answer(result: StatusResult) -> Answer:
    if result.outcome is Outcome.APPROVED:
        if result.state is OrderState.NOT_FOUND:
            return Answer(
                True, _("The bank answered: it accepts this POS, and does not know the test order.")
            )
        return Answer(False, _("The bank answered about an order that does not exist. Check the address."))
    texts = {
        Reason.NOT_REACHED: _("The bank could not be reached. Check the address."),
        Reason.ADDRESS_REFUSED: _("The address of this POS is not allowed."),
        Reason.NO_ANSWER: _("The bank did not answer in time."),
        Reason.UNREADABLE: _("What answered at the address is not this bank. Check the address."),
        Reason.NOT_AUTHENTIC: _("The signature of the bank's answer is not valid. Check the secret keys."),
    }
    said = " ".join(filter(None, (result.raw_code, mask_text(result.bank_text))))
    refused = _("The bank refused the question. Check terminal, user and password. It said: %(said)s")
    return Answer(False, texts.get(result.reason) or refused % {"said": said or "–"})
