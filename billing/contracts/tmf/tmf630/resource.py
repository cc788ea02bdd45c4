"""Resources: the attributes that lists of them can be filtered and sorted by, and the columns behind these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from billing.contracts.tmf.tmf630.query import Condition, Query, QueryError, parse_query
from billing.contracts.tmf.tmf630.values import is_day, parse_moment


@dataclass(frozen=True)
class Attribute:
    """An attribute to filter by. `column` is a look-up path of the model."""

    column: str = ""
    operators: tuple[str, ...] = ("eq",)

    def condition(self, operator: str, text: str) -> Q:
        """Raises ValueError for a value that the attribute can't have."""
        lookup = "" if operator == "eq" else f"__{operator}"
        return Q(**{f"{self.column}{lookup}": self.value(text)})

    def value(self, text: str) -> Any:
        return text


@dataclass(frozen=True)
class Text(Attribute):
    operators: tuple[str, ...] = ("eq", "regex")


@dataclass(frozen=True)
class Amount(Attribute):
    operators: tuple[str, ...] = ("eq", "gt", "gte", "lt", "lte")

    def value(self, text: str) -> Decimal:
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise ValueError("a number is expected") from None
        if not value.is_finite() or abs(value) >= 10**14:
            raise ValueError("a number of at most 14 digits is expected")
        return value


@dataclass(frozen=True)
class Moment(Attribute):
    """A date and time. A bare date means its whole day (UTC) for `eq`, and its first moment for comparisons."""

    operators: tuple[str, ...] = ("eq", "gt", "gte", "lt", "lte")

    def condition(self, operator: str, text: str) -> Q:
        value = parse_moment(text)
        if operator == "eq" and is_day(text):
            end = value.replace(hour=23, minute=59, second=59, microsecond=999999)
            return Q(**{f"{self.column}__range": (value, end)})
        return super().condition(operator, text)

    def value(self, text: str) -> Any:
        return parse_moment(text)


@dataclass(frozen=True)
class Computed(Attribute):
    """`find` turns a value into a condition, or raises ValueError."""

    find: Callable[[str], Q] = field(default=lambda text: Q(pk__in=[]))

    def condition(self, operator: str, text: str) -> Q:
        return self.find(text)


@dataclass(frozen=True)
class Resource:
    """`names` are the attributes of its documents, `filters` and `sorts` those with a column behind them."""

    names: frozenset[str]
    filters: Mapping[str, Attribute]
    sorts: Mapping[str, str]


def query_of(request: Request, resource: Resource, *, options: tuple[str, ...] = ()) -> Query:
    """The query of a request. Raises QueryError, also for an attribute that the resource does not have."""
    query = parse_query(request.META.get("QUERY_STRING", ""), options=options)
    for name in query.fields or ():
        if name.partition(".")[0] not in resource.names:
            raise QueryError("fields", f"There is no attribute {name[:64]!r}.")
    for order in query.sort:
        if order.attribute not in resource.sorts:
            raise QueryError("sort", f"Cannot sort by {order.attribute[:64]!r}.")
    return query


def apply_query(queryset: QuerySet[Any], query: Query, resource: Resource) -> QuerySet[Any]:
    """The rows that match, in order. Raises QueryError."""
    for condition in query.conditions:
        queryset = queryset.filter(_filter(condition, resource))
    order = [f"{'-' if item.descending else ''}{resource.sorts[item.attribute]}" for item in query.sort]
    return queryset.order_by(*order, "pk")


def _filter(condition: Condition, resource: Resource) -> Q:
    attribute = resource.filters.get(condition.attribute)
    if attribute is None:
        raise QueryError(condition.attribute, "There is no such attribute to filter by.")
    if condition.operator not in attribute.operators:
        raise QueryError(
            condition.attribute, f"The operator {condition.operator} does not fit this attribute."
        )
    try:
        if condition.operator == "eq" and type(attribute) in (
            Attribute,
            Text,
            Amount,
        ):  # one IN for all values
            return Q(**{f"{attribute.column}__in": [attribute.value(text) for text in condition.values]})
        found = Q()
        for text in condition.values:
            found |= attribute.condition(condition.operator, text)
        return found
    except ValueError as error:
        raise QueryError(condition.attribute, f"Not a value of this attribute: {error}.") from None
