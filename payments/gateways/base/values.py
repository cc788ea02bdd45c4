"""Reading single values of a message, and comparing them with our order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from config.kit.lib import money
from payments.gateways.base.errors import UnreadableAnswerError
from payments.gateways.types import GatewayResult, OrderData, OrderState, Outcome, Reason, StatusResult

R = TypeVar("R", bound=GatewayResult)
T = TypeVar("T")


def compare(result: R, order: OrderData) -> R:
    """`result`, or UNKNOWN with the names of the fields that differ from our order."""
    found = differences(result, order)
    if not found:
        return result
    return replace(result, outcome=Outcome.UNKNOWN, reason=Reason.MISMATCH, mismatches=found, form=None)


def differences(result: GatewayResult, order: OrderData) -> tuple[str, ...]:
    """The names of the fields that the bank sent and that differ from our order."""
    pairs = {
        "order_id": (result.order_id, order.id),
        "amount": (result.amount, order.amount),
        "currency": (result.currency, order.currency),
        "installments": (result.installments, order.installments),
    }
    different = [name for name, (theirs, ours) in pairs.items() if theirs is not None and theirs != ours]
    return result.mismatches + tuple(name for name in different if name not in result.mismatches)


def money_moved(outcome: Outcome) -> bool | None:
    """`payment_approved` for the outcome of a call that asked for money; None where it is not known."""
    return {Outcome.APPROVED: True, Outcome.DECLINED: False}.get(outcome)


def refunded_state(captured: Decimal | None, refunded: Decimal) -> OrderState:
    """The state of an order of which `refunded`, more than zero, was given back."""
    return OrderState.REFUNDED if refunded >= (captured or 0) else OrderState.PARTIALLY_REFUNDED


def refused_question(*, not_found: bool, raw_code: str, **details: Any) -> StatusResult:
    """The result of a status question that the bank refused: it has no such order, or we cannot tell why."""
    return StatusResult(
        outcome=Outcome.APPROVED if not_found else Outcome.UNKNOWN,
        reason=Reason.NOT_FOUND if not_found else Reason.UNEXPECTED_CODE,
        state=OrderState.NOT_FOUND if not_found else OrderState.UNKNOWN,
        raw_code=raw_code,
        **details,
    )


def known_state(state: OrderState) -> dict[str, Any]:
    """Outcome, reason and state of a status question whose answer was read; an unknown word is UNKNOWN."""
    if state is OrderState.UNKNOWN:
        return {"outcome": Outcome.UNKNOWN, "reason": Reason.UNEXPECTED_CODE, "state": state}
    return {"outcome": Outcome.APPROVED, "reason": Reason.NONE, "state": state}


def installments_text(count: int) -> str:
    """Empty for a single payment, else the count."""
    return "" if count <= 1 else str(count)


def read_installments(text: str | None) -> int | None:
    """1 for an empty text, 0 and 1; None where it is not a number."""
    if not text:
        return 1
    return max(1, int(text)) if len(text) <= 3 and text.isascii() and text.isdigit() else None


def known_currency(numeric: str | None) -> str | None:
    """The ISO 4217 code of a numeric currency; None where it is missing or unknown."""
    try:
        return money.currency_from_numeric(numeric) if numeric else None
    except ValueError:
        return None


def known_amount(text: str | None, currency: str | None, amount_format: money.AmountFormat) -> Decimal | None:
    """The amount in major units; None where it is missing or not exact in the currency."""
    try:
        return money.parse_amount(text, currency, amount_format) if text and currency else None
    except ValueError:
        return None


def minor_amount(text: str | None, currency: str) -> Decimal | None:
    """`10025` → 100.25; None where it is missing. Raises ValueError for anything but digits."""
    return None if text is None else money.parse_amount(text, currency, money.AmountFormat.MINOR)


def differing(fields: Mapping[str, str], expected: Mapping[str, str], *, optional: bool) -> tuple[str, ...]:
    """The names of `expected` fields that differ; with `optional` a missing field is no difference."""
    return tuple(
        name for name, value in expected.items() if fields.get(name, value if optional else None) != value
    )


def readable(read: Callable[[], T]) -> T:
    """The value of `read`. Whatever an answer does to the parser becomes UnreadableAnswerError."""
    try:
        return read()
    except UnreadableAnswerError:
        raise
    except Exception as error:
        raise UnreadableAnswerError(type(error).__name__) from None
