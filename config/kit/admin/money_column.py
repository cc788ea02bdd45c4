"""Columns of amounts, as the reader writes money."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from unfold.decorators import display

from config.kit.lib.money import format_money


def money_column(name: str, label: str | Promise) -> Callable[[Any], str]:
    """The attribute `name` of a row that has a `currency`."""

    @display(description=label)
    def column(row: Any) -> str:
        amount = getattr(row, name)
        return "–" if amount is None else format_money(amount, row.currency)

    column.__name__ = name
    shown: Callable[[Any], str] = column
    return shown
