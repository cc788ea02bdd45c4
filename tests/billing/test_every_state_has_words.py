"""A new state, verdict or operation needs its word, colour and place everywhere: none is an error 500 on a page."""

import pytest

from billing.admin import colours
from billing.contracts.tmf.tmf676.statuses import PAYMENT_STATUS, REFUND_STATUS
from billing.models import BillStatus, DeliveryState, SettlementState, Verdict
from billing.states import (
    CAPTURED_STATES,
    ENDED_STATES,
    OPEN_STATES,
    PAYMENT_MOVES,
    REFUND_MOVES,
    EventStatus,
    PaymentState,
    RefundState,
)


@pytest.mark.parametrize(
    ("states", "table"),
    [
        (PaymentState, PAYMENT_STATUS),
        (PaymentState, PAYMENT_MOVES),
        (PaymentState, colours.STATE_COLOURS),
        (RefundState, REFUND_STATUS),
        (RefundState, REFUND_MOVES),
        (RefundState, colours.REFUND_COLOURS),
        (Verdict, colours.VERDICT_COLOURS),
        (BillStatus, colours.BILL_COLOURS),
        (EventStatus, colours.EVENT_COLOURS),
        (DeliveryState, colours.DELIVERY_COLOURS),
        (SettlementState, colours.SETTLEMENT_COLOURS),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_every_state_is_in_every_table(states, table):
    assert set(states) == set(table)


def test_every_payment_is_open_ended_or_captured():
    groups = [*OPEN_STATES, *ENDED_STATES, *CAPTURED_STATES]
    assert sorted(groups) == sorted(PaymentState)
