"""Query strings by TM Forum's REST guidelines (TMF630).

`fields` selects attributes, `offset` and `limit` page, `sort` orders; every other parameter filters by an attribute of
the resource: `account.id=…`, `totalAmount.value.gte=10`, `status=captured,failed` (or `;`, or the parameter repeated:
any of them), also with the operator as a sign (`totalAmount.value>=10`), encoded or not.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

OPERATORS = ("gt", "gte", "lt", "lte", "eq", "regex")
MAX_LENGTH = 8_000
MAX_CONDITIONS, MAX_VALUES = 30, 200

_SIGNS = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt", "*=": "regex", "=~": "regex", "==": "eq", "=": "eq"}
_TERM = re.compile(
    r"(?P<name>[@A-Za-z][\w@.]*?)(?:\.(?P<word>gte?|lte?|eq|regex))?(?P<sign>>=|<=|\*=|=~|==|=|>|<)", re.ASCII
)


class QueryError(ValueError):
    """The query string is not valid; `parameter` is the one at fault."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter[:64]
        self.message = message


@dataclass(frozen=True)
class Condition:
    """True where the attribute compares by `operator` with at least one of the values."""

    attribute: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    attribute: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """`fields` is None for all, `limit` is None for no limit. `options` are parameters of the resource's own."""

    fields: tuple[str, ...] | None = None
    offset: int = 0
    limit: int | None = None
    sort: tuple[Order, ...] = ()
    conditions: tuple[Condition, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


def parse_query(query_string: str, *, options: Collection[str] = ()) -> Query:
    """A raw query string, its attributes not checked yet. `options` are parameters of the resource's own.

    Raises QueryError.
    """
    if len(query_string) > MAX_LENGTH:
        raise QueryError("", f"The query is longer than {MAX_LENGTH} characters.")
    single: dict[str, str] = {}
    found: dict[tuple[str, str], list[str]] = {}
    for part in filter(None, query_string.split("&")):
        name, operator, values = _parse_parameter(part)
        if name in ("fields", "offset", "limit", "sort", *options) and operator == "eq":
            if name in single:
                raise QueryError(name, "The parameter is repeated.")
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


def _parse_parameter(part: str) -> tuple[str, str, list[str]]:
    """Attribute, operator, values. A comma separates values even if it is encoded, as some clients' libraries do."""
    text = unquote_plus(part)
    term = _TERM.match(text)
    if term is None:
        raise QueryError(text, "A parameter is a name, an operator and a value.")
    if term["word"] and term["sign"] not in ("=", "=="):
        raise QueryError(term["name"], "One operator is enough.")
    operator, rest = term["word"] or _SIGNS[term["sign"]], text[term.end() :]
    values = [rest] if operator == "regex" else re.split("[,;]", rest)
    values = [value.removeprefix(term[0]) for value in values]  # name=a;name=b
    if any(not value or "\0" in value for value in values):
        raise QueryError(term["name"], "A value is expected.")
    return term["name"], operator, values


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    return () if names == ("none",) else names


def _whole(name: str, text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):
        raise QueryError(name, f"A whole number from {least} is expected.")
    return int(text)


def _orders(text: str) -> Iterator[Order]:
    for item in filter(None, text.split(",")):
        name = item.strip().removeprefix("+")  # a plus sign in a query string is a space
        yield Order(name.removeprefix("-"), name.startswith("-"))
