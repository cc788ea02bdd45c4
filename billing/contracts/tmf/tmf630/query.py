"""The query rules of TM Forum's REST guidelines (TMF630), apart from what they are asked of.

`fields` names what is wanted, `offset` and `limit` cut, `sort` orders; everything else filters by an attribute of the
resource: `account.id=…`, `totalAmount.value.gte=10`, `status=captured,failed` (or `;`, or the parameter repeated: one
of them), also with the operator as a sign (`totalAmount.value>=10`), encoded or not.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote_plus

OPERATORS = ("gt", "gte", "lt", "lte", "eq", "regex")
MAX_LENGTH = 8_000
MAX_CONDITIONS, MAX_VALUES = 30, 200

_SIGNS = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt", "*=": "regex", "=~": "regex", "==": "eq", "=": "eq"}
_TERM = re.compile(
    r"(?P<name>[@A-Za-z][\w@.]*?)(?:\.(?P<word>gte?|lte?|eq|regex))?(?P<sign>>=|<=|\*=|=~|==|=|>|<)", re.ASCII
)


class QueryError(ValueError):
    """The query string can't be answered; `parameter` is the one at fault."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter[:64]
        self.message = message


@dataclass(frozen=True)
class Condition:
    """The attribute compares so with one of the values."""

    attribute: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    attribute: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """`fields` None means all; `limit` None means no limit."""

    fields: tuple[str, ...] | None = None
    offset: int = 0
    limit: int | None = None
    sort: tuple[Order, ...] = ()
    conditions: tuple[Condition, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


def parse(query_string: str, *, options: Collection[str] = ()) -> Query:
    """Read a raw query string. `options` are parameters of the resource's own, kept as they are.

    Raises QueryError. Whether an attribute exists is not known here.
    """
    if len(query_string) > MAX_LENGTH:
        raise QueryError("", f"The query is longer than {MAX_LENGTH} characters.")
    single: dict[str, str] = {}
    found: dict[tuple[str, str], list[str]] = {}
    for part in filter(None, query_string.split("&")):
        name, operator, values = _read(part)
        if name in ("fields", "offset", "limit", "sort", *options) and operator == "eq":
            if name in single:
                raise QueryError(name, "The parameter is there twice.")
            single[name] = ",".join(values)
        else:
            found.setdefault((name, operator), []).extend(values)
    if len(found) > MAX_CONDITIONS or any(len(values) > MAX_VALUES for values in found.values()):
        raise QueryError("", f"At most {MAX_CONDITIONS} filters with {MAX_VALUES} values each.")
    return Query(
        fields=_names(single["fields"]) if "fields" in single else None,
        offset=_whole("offset", single.get("offset", "0"), 0),
        limit=_whole("limit", single["limit"], 1) if "limit" in single else None,
        sort=tuple(_orders(single.get("sort", ""))),
        conditions=tuple(Condition(*key, tuple(values)) for key, values in found.items()),
        options={name: single[name] for name in options if name in single},
    )


def _read(part: str) -> tuple[str, str, list[str]]:
    """One parameter: attribute, operator, values. A comma separates encoded or not: clients' libraries encode it."""
    text = unquote_plus(part)
    start = _TERM.match(text)
    if start is None:
        raise QueryError(text, "A parameter is a name, an operator and a value.")
    if start["word"] and start["sign"] not in ("=", "=="):
        raise QueryError(start["name"], "One operator is enough.")
    operator, rest = start["word"] or _SIGNS[start["sign"]], text[start.end() :]
    values = [rest] if operator == "regex" else re.split("[,;]", rest)
    values = [value.removeprefix(start[0]) for value in values]  # name=a;name=b
    if any(not value or "\0" in value for value in values):
        raise QueryError(start["name"], "A value is expected.")
    return start["name"], operator, values


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    return () if names == ("none",) else names


def _whole(name: str, text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):
        raise QueryError(name, f"A whole number from {least} is expected.")
    return int(text)


def _orders(text: str) -> Iterator[Order]:
    for term in filter(None, text.split(",")):
        name = term.strip().removeprefix("+")  # a plus sign in a query string is a space
        yield Order(name.removeprefix("-"), name.startswith("-"))


# --- of a document --------------------------------------------------------------------------------------------


def select(document: dict[str, Any], fields: Sequence[str] | None, always: Collection[str]) -> dict[str, Any]:
    """The document with `fields` (names with dots) and `always` only, in its own order."""
    if fields is None:
        return document
    wanted: dict[str, list[str]] = {name: [] for name in always}
    for path in fields:
        name, _dot, rest = path.partition(".")
        inner = wanted.setdefault(name, [rest] if rest else [])
        if inner and rest:
            inner.append(rest)
        elif not rest:
            wanted[name] = []
    return {name: _inner(value, wanted[name]) for name, value in document.items() if name in wanted}


def _inner(value: Any, fields: list[str]) -> Any:
    if not fields:
        return value
    if isinstance(value, list):
        return [_inner(item, fields) for item in value]
    return select(value, fields, ("id", "href")) if isinstance(value, dict) else value


def matches(document: Any, conditions: Sequence[Condition]) -> bool:
    """Whether every condition holds for the document; of a list's items one is enough. Not for `regex`."""
    return all(
        any(_holds(found, condition) for found in _at(document, condition.attribute.split(".")))
        for condition in conditions
    )


def _at(document: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(document, list):
        for item in document:
            yield from _at(item, path)
    elif not path:
        yield document
    elif isinstance(document, dict) and path[0] in document:
        yield from _at(document[path[0]], path[1:])


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
    "eq": lambda left, right: left == right,
}


def _holds(found: Any, condition: Condition) -> bool:
    if found is None:
        return False
    compare = _COMPARE[condition.operator]
    for value in condition.values:
        try:
            if compare(found, _like(found, value)):
                return True
        except (ValueError, InvalidOperation):
            continue
    return False


def _like(found: Any, value: str) -> Any:
    """`value` as what it is compared with. Raises ValueError or InvalidOperation."""
    if isinstance(found, bool):
        return {"true": True, "false": False}.get(value.lower())
    if isinstance(found, (int, Decimal, float)):
        return Decimal(value)
    return moment(value) if isinstance(found, datetime) else value


def moment(text: str) -> datetime:
    """ISO 8601, a date or a date with time; without an offset it is UTC. Raises ValueError."""
    text = text.replace(" ", "+") if "T" in text else text  # a plus sign in a query string is a space
    try:
        value = datetime.fromisoformat(text)
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("out of range") from None


def is_day(text: str) -> bool:
    """Whether the text is a date without a time."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return "T" not in text and len(text) <= 10
