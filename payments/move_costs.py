"""What a bank takes more or less for cards that move to another POS: asked of those who know its commissions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from payments.models import POS

CardsByCurrency = Mapping[str, Sequence[int]]
"""Currency → ids of the cards that are charged in it."""


@dataclass(frozen=True)
class Commission:
    """`rate` in percent of the amount, `fixed` in major units for each sale."""

    rate: Decimal
    fixed: Decimal


@dataclass(frozen=True)
class CostChange:
    """Of `cards` cards, some of them in `names`. None: no commission plan fits."""

    currency: str
    installments: int
    before: Commission | None
    after: Commission | None
    cards: int
    names: Sequence[str]


Compare = Callable[[POS, POS, CardsByCurrency], list[CostChange]]

_comparisons: dict[Compare, str] = {}


def register(compare: Compare, *, permission: str) -> None:
    """For the app that has the commissions (billing). `permission` is needed to see them."""
    _comparisons[compare] = permission


def permissions() -> list[str]:
    return list(_comparisons.values())


def find_cost_changes(source: POS, target: POS, cards: CardsByCurrency) -> list[CostChange]:
    """The commissions that differ. The statements depend on the currencies, not on the cards."""
    return [change for compare in _comparisons for change in compare(source, target, cards)]
