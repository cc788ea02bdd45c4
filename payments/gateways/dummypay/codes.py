"""What dummypay does for which card and amount: docs/gateways/dummypay.md."""

from decimal import Decimal
from enum import StrEnum

from payments.gateways.types import OrderState, Outcome, Reason


class Scenario(StrEnum):
    APPROVE = "approve"
    REFUSED = "refused"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    THREE_D_REFUSED = "three_d_refused"
    TIMEOUT_AFTER_DEBIT = "timeout_after_debit"
    UNREADABLE = "unreadable"
    DUPLICATE_CALLBACK = "duplicate_callback"
    NOT_SENT = "not_sent"
    HALF_SECURE = "half_secure"
    LOST_CALLBACK = "lost_callback"


CARDS = {
    "4111111111111012": Scenario.REFUSED,
    "4111111111111020": Scenario.INSUFFICIENT_FUNDS,
    "4111111111111038": Scenario.THREE_D_REFUSED,
    "4111111111111046": Scenario.TIMEOUT_AFTER_DEBIT,
    "4111111111111053": Scenario.UNREADABLE,
    "4111111111111061": Scenario.DUPLICATE_CALLBACK,
    "4111111111111079": Scenario.NOT_SENT,
    "4111111111111087": Scenario.HALF_SECURE,
    "4111111111111095": Scenario.LOST_CALLBACK,
}
"""Test card numbers; every other card is approved."""

_MASKED = {(number[:6], number[-4:]): scenario for number, scenario in CARDS.items()}
_AMOUNTS = {Decimal(f"9990.{number[-2:]}"): scenario for number, scenario in CARDS.items()}

ANSWERS = {
    Scenario.REFUSED: (Outcome.DECLINED, Reason.REFUSED, "05"),
    Scenario.INSUFFICIENT_FUNDS: (Outcome.DECLINED, Reason.INSUFFICIENT_FUNDS, "51"),
    Scenario.TIMEOUT_AFTER_DEBIT: (Outcome.UNKNOWN, Reason.NO_ANSWER, ""),
    Scenario.UNREADABLE: (Outcome.UNKNOWN, Reason.UNREADABLE, ""),
    Scenario.NOT_SENT: (Outcome.NOT_SENT, Reason.NOT_REACHED, ""),
}
"""Answers to a sale or completion; every other scenario is approved."""

STATES = {
    Scenario.REFUSED: OrderState.DECLINED,
    Scenario.INSUFFICIENT_FUNDS: OrderState.DECLINED,
    Scenario.UNREADABLE: OrderState.NOT_FOUND,
    Scenario.NOT_SENT: OrderState.NOT_FOUND,
}
"""Answers to a status question after a sale or completion; every other scenario is captured."""

MD_STATUS = {Scenario.THREE_D_REFUSED: "0", Scenario.HALF_SECURE: "4"}
COPIES = {Scenario.DUPLICATE_CALLBACK: 2, Scenario.LOST_CALLBACK: 0}


def scenario_of(card: str, amount: Decimal) -> Scenario:
    """`card` as a number or masked; a listed card takes precedence over a listed amount."""
    by_card = _MASKED.get((card[:6], card[-4:]), Scenario.APPROVE)
    return by_card if by_card is not Scenario.APPROVE else _AMOUNTS.get(amount, Scenario.APPROVE)
