"""Filters on a document in memory: for events, which no table holds as documents."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from billing.contracts.tmf.tmf630.query import Condition
from billing.contracts.tmf.tmf630.values import parse_moment


def matches(document: Any, conditions: Sequence[Condition]) -> bool:
    """Whether every condition holds; of a list's items one is enough. `regex` is not supported."""
    return all(
        any(_is_met(found, condition) for found in _values_at(document, condition.attribute.split(".")))
        for condition in conditions
    )


def _values_at(document: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(document, list):
        for item in document:
            yield from _values_at(item, path)
    elif not path:
        yield document
    elif isinstance(document, dict) and path[0] in document:
        yield from _values_at(document[path[0]], path[1:])


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
    "eq": lambda left, right: left == right,
}


def _is_met(found: Any, condition: Condition) -> bool:
    if found is None:
        return False
    compare = _COMPARE[condition.operator]
    for value in condition.values:
        try:
            if compare(found, _as_type_of(found, value)):
                return True
        except (ValueError, InvalidOperation):
            continue
    return False


def _as_type_of(found: Any, value: str) -> Any:
    """`value` in the type of what it is compared with. Raises ValueError or InvalidOperation."""
    if isinstance(found, bool):
        return {"true": True, "false": False}.get(value.lower())
    if isinstance(found, (int, Decimal, float)):
        return Decimal(value)
    return parse_moment(value) if isinstance(found, datetime) else value
