"""What a list can be asked for: attributes of its documents, and the columns that they stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from billing.contracts.tmf.tmf630 import query as tmf630
from billing.contracts.tmf.tmf630.query import Condition, Query, QueryError


@dataclass(frozen=True)
class Attribute:
    """What filters by an attribute become. `column` is a look-up path of the model."""

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
    """A bare date means its whole day for `eq`, and its first moment in UTC for the comparisons."""

    operators: tuple[str, ...] = ("eq", "gt", "gte", "lt", "lte")

    def condition(self, operator: str, text: str) -> Q:
        value = tmf630.moment(text)
        if operator == "eq" and tmf630.is_day(text):
            end = value.replace(hour=23, minute=59, second=59, microsecond=999999)
            return Q(**{f"{self.column}__range": (value, end)})
        return super().condition(operator, text)

    def value(self, text: str) -> Any:
        return tmf630.moment(text)


@dataclass(frozen=True)
class Computed(Attribute):
    """`find` turns a value into a condition, or raises ValueError."""

    find: Callable[[str], Q] = field(default=lambda text: Q(pk__in=[]))

    def condition(self, operator: str, text: str) -> Q:
        return self.find(text)


@dataclass(frozen=True)
class Resource:
    """`names`: attributes of its documents, for `fields`; `filters`, `sorts`: those that the database knows."""

    names: frozenset[str]
    filters: Mapping[str, Attribute]
    sorts: Mapping[str, str]


def read_query(request: Request, resource: Resource, *, options: tuple[str, ...] = ()) -> Query:
    """The checked query of a request. Raises QueryError; nothing unknown is ever ignored."""
    query = tmf630.parse(request.META.get("QUERY_STRING", ""), options=options)
    for name in query.fields or ():
        if name.partition(".")[0] not in resource.names:
            raise QueryError("fields", f"There is no attribute {name[:64]!r}.")
    for order in query.sort:
        if order.attribute not in resource.sorts:
            raise QueryError("sort", f"Cannot sort by {order.attribute[:64]!r}.")
    return query


def apply_query(queryset: QuerySet[Any], query: Query, resource: Resource) -> QuerySet[Any]:
    """Filtered and in order. Raises QueryError."""
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
        if condition.operator == "eq" and type(attribute) in (Attribute, Text, Amount):  # one look-up for all
            return Q(**{f"{attribute.column}__in": [attribute.value(text) for text in condition.values]})
        found = Q()
        for text in condition.values:
            found |= attribute.condition(condition.operator, text)
        return found
    except ValueError as error:
        raise QueryError(condition.attribute, f"Not a value of this attribute: {error}.") from None
