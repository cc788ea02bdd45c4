"""What the gateways share: comparing with our row, the mdStatus policy, reading single values."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from config.kit.lib import money
from payments.gateways.base.errors import UnreadableAnswerError
from payments.gateways.types import GatewayResult, OrderData, Outcome, Reason

R = TypeVar("R", bound=GatewayResult)

HALF_SECURE = frozenset({"2", "3", "4"})
"""mdStatus of a payer who was not asked: not enrolled, issuer not enrolled, attempt."""

MD_REFUSALS = HALF_SECURE | {"0", "5", "6", "7", "8", "9"}
"""mdStatus that says no, 2 to 4 where the POS does not accept them."""


def compare(result: R, order: OrderData) -> R:
    """`result` with its differences from our row; a sale that differs is neither believed nor disbelieved."""
    found = differences(result, order)
    if not found:
        return result
    return replace(result, outcome=Outcome.UNKNOWN, reason=Reason.MISMATCH, mismatches=found, form=None)


def differences(result: GatewayResult, order: OrderData) -> tuple[str, ...]:
    """The names of the fields that the bank told and that are not our row's."""
    pairs = {
        "order_id": (result.order_id, order.id),
        "amount": (result.amount, order.amount),
        "currency": (result.currency, order.currency),
        "installments": (result.installments, order.installments),
    }
    different = [name for name, (told, ours) in pairs.items() if told is not None and told != ours]
    return result.mismatches + tuple(name for name in different if name not in result.mismatches)


def three_d_policy(md_status: str | None, accept_half_secure: bool) -> bool:
    """Whether an mdStatus counts as authenticated: 1 always, 2 to 4 where the POS accepts them."""
    return md_status == "1" or (accept_half_secure and md_status in HALF_SECURE)


def installments_text(count: int) -> str:
    """Banks want nothing for a single payment, else the count."""
    return "" if count <= 1 else str(count)


def read_installments(text: str | None) -> int | None:
    """1 for nothing, 0 and 1; None where it is no number."""
    if not text:
        return 1
    return max(1, int(text)) if text.isascii() and text.isdigit() else None


def known_currency(numeric: str | None) -> str | None:
    """The currency of an ISO number in a message; None for none or an unknown one."""
    try:
        return money.currency_from_numeric(numeric) if numeric else None
    except ValueError:
        return None


def known_amount(text: str | None, currency: str | None, amount_format: money.AmountFormat) -> Decimal | None:
    """The amount of a message; None for none or no exact one."""
    try:
        return money.parse_amount(text, currency, amount_format) if text and currency else None
    except ValueError:
        return None


def readable(read: Callable[[], R | Any]) -> Any:
    """The value of `read`; whatever a hostile answer does to the parser becomes UnreadableAnswerError."""
    try:
        return read()
    except UnreadableAnswerError:
        raise
    except Exception as error:
        raise UnreadableAnswerError(type(error).__name__) from None
