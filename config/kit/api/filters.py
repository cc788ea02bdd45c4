"""Filters `field` and `field__lookup`. Unknown filters and malformed values are 400."""

import copy
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, ClassVar, cast

import django_filters
from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db import models
from django.db.models import QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from config.kit.lib import days

RESERVED = frozenset({"page", "limit", "sort", "ordering", "format"})

NUMBER_LOOKUPS = ["exact", "gt", "gte", "lt", "lte", "in"]
DATE_LOOKUPS = ["exact", "gt", "gte", "lt", "lte", "date"]
CHOICE_LOOKUPS = ["exact", "in"]
FLAG_LOOKUPS = ["exact"]


class StrictBooleanField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if str(value).lower() in ("true", "1"):
            return True
        if str(value).lower() in ("false", "0"):
            return False
        raise FormError("Enter true or false.")


class DateOrDateTimeField(forms.Field):
    """ISO 8601. A value without an offset is UTC."""

    def to_python(self, value: Any) -> date | datetime | None:
        if value in self.empty_values:
            return None
        try:
            parsed = parse_date(value) or parse_datetime(str(value).replace(" ", "+"))
            if isinstance(parsed, datetime):  # PostgreSQL supports fewer offsets than Python: compare in UTC
                parsed = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            parsed = None
        if parsed is None:
            raise FormError("Enter a date or a date with time in ISO 8601.")
        return parsed


class DayField(forms.Field):
    """ISO 8601."""

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            parsed = parse_date(str(value))
        except ValueError:
            parsed = None
        if parsed is None:
            raise FormError("Enter a date in ISO 8601.")
        return parsed


# The class names are the type words of the contract's /schema/.


class NumberFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField


class DecimalFilter(django_filters.NumberFilter):
    field_class = forms.DecimalField


class BooleanFilter(django_filters.Filter):
    field_class = StrictBooleanField


@extend_schema_field(
    {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
)
class DateFilter(django_filters.Filter):
    """A bare date means its day for `exact`, and its first moment for the comparisons.

    Days are those of CHANNEL_TIME_ZONE.
    """

    field_class = DateOrDateTimeField

    def filter(self, queryset: QuerySet[Any], value: date | datetime | None) -> QuerySet[Any]:
        if value is None or isinstance(value, datetime):
            return super().filter(queryset, value) if value else queryset
        if self.lookup_expr == "exact":
            return _of_day(queryset, self.field_name, value)
        try:
            start = days.start_of(value)
        except OverflowError:  # the ends of the calendar
            start = datetime.combine(value, datetime.min.time(), tzinfo=UTC)
        return super().filter(queryset, start)


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    """A filter on a date column."""

    field_class = DayField


class DayOfMomentFilter(DayFilter):
    """`field__date`: all of a day of CHANNEL_TIME_ZONE. The database's own day would be that of UTC."""

    def filter(self, queryset: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        return queryset if value is None else _of_day(queryset, self.field_name, value)


def _of_day(queryset: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
    try:
        start, end = days.bounds(day)
    except OverflowError:  # the ends of the calendar: nothing is stored there
        return queryset.none()
    return queryset.filter(**{f"{name}__gte": start, f"{name}__lt": end})


class KeyFilter(django_filters.ModelChoiceFilter):
    """A related object by its id, entered as a number: a drop-down can't hold a large table."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.NumberInput, **kwargs)


class ModelChoiceFilter(KeyFilter):
    pass


class NumberInFilter(django_filters.BaseInFilter, NumberFilter):
    pass


class DecimalInFilter(django_filters.BaseInFilter, DecimalFilter):
    pass


class DayInFilter(django_filters.BaseInFilter, DayFilter):
    pass


class KeyInFilter(NumberInFilter):
    """Related objects by their ids; one that does not exist finds nothing."""


class CharInFilter(django_filters.BaseInFilter, django_filters.CharFilter):
    pass


class ChoiceInFilter(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    pass


class ResourceFilterSet(django_filters.FilterSet):
    """A FilterSet by `Meta.fields = {field: lookups}`; `id` also filters as `pk`, relations by id."""

    filter_classes: ClassVar[dict[type[models.Field], type[django_filters.Filter]]] = {
        models.DateTimeField: DateFilter,
        models.DateField: DayFilter,  # after DateTimeField, its subclass
        models.BooleanField: BooleanFilter,
        models.DecimalField: DecimalFilter,
        models.IntegerField: NumberFilter,
        models.AutoField: NumberFilter,
    }

    @classmethod
    def filter_for_field(cls, field: models.Field, field_name: str, lookup_expr: str | None = None) -> Any:
        if isinstance(field, models.DateTimeField) and lookup_expr == "date":
            return DayOfMomentFilter(field_name=field_name, lookup_expr=lookup_expr)
        return super().filter_for_field(field, field_name, lookup_expr)

    @classmethod
    def filter_for_lookup(cls, field: models.Field, lookup_type: str) -> tuple[Any, dict[str, Any]]:
        if isinstance(field, models.GeneratedField):
            field = cast(models.Field, field.output_field)
        if lookup_type == "in":
            if isinstance(field, models.DecimalField):
                return DecimalInFilter, {}
            if isinstance(field, models.DateField):
                return DayInFilter, {}
            numeric = field.is_relation or isinstance(field, (models.IntegerField, models.AutoField))
            return (NumberInFilter if numeric else CharInFilter), {}
        for field_class, filter_class in cls.filter_classes.items():
            if isinstance(field, field_class):
                return filter_class, {}
        filter_class, extra = super().filter_for_lookup(field, lookup_type)
        return (
            ModelChoiceFilter if filter_class is django_filters.ModelChoiceFilter else filter_class
        ), extra

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        filters = super().get_filters()
        for name, item in list(filters.items()):
            if name == "id" or name.startswith("id__"):
                filters[f"pk{name[2:]}"] = copy.deepcopy(item)
        return filters

    @classmethod
    def known_names(cls) -> dict[str, str]:
        """Parameter → filter. `/schema/` prints the lookup "exact", so `field__exact` is `field`."""
        names = {name: name for name in cls.base_filters}
        return {f"{name}__exact": name for name in names if "__" not in name} | names


class StrictFilterBackend(DjangoFilterBackend):
    """Raises ValidationError for unknown parameters, and for empty ones unless the browsable API's form sends them."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if getattr(view, "action", "list") == "list":
            self._refuse_unknown(request, view)
        try:
            return super().filter_queryset(request, queryset, view)
        except ValidationError as error:
            sent = {filter_name: name for name, filter_name in self._sent(request, view).items()}
            detail = cast(dict[str, Any], error.detail)
            raise ValidationError({sent.get(name, name): text for name, text in detail.items()}) from None

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet[Any], view: Any) -> dict[str, Any]:
        values = {name: request.query_params[sent] for sent, name in self._sent(request, view).items()}
        return {**super().get_filterset_kwargs(request, queryset, view), "data": values}

    def _sent(self, request: Request, view: Any) -> dict[str, str]:
        """Parameter as sent → filter."""
        known = view.filterset_class.known_names()
        return {name: known[name] for name in request.query_params if name in known}

    def get_filterset_class(self, view: Any, queryset: QuerySet[Any] | None = None) -> Any:
        if getattr(view, "action", "list") not in ("list", None):
            return None
        return super().get_filterset_class(view, queryset)

    def _refuse_unknown(self, request: Request, view: Any) -> None:
        filters = getattr(view, "filterset_class", ResourceFilterSet).known_names()
        known = RESERVED | set(filters)
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            raise ValidationError({name[:64]: ["Unknown filter."] for name in unknown[:20]})
        refuse_repeated(request, filters)
        form_sent = getattr(request.accepted_renderer, "format", "") == "api"
        empty = [name for name in request.query_params if name in known and not request.query_params[name]]
        if empty and not form_sent:
            raise ValidationError({name: ["A value is expected."] for name in empty})


def refuse_repeated(request: Request, names: Mapping[str, str] = MappingProxyType({})) -> None:
    """400 for a parameter that is sent twice, under whichever of its `names`: the last would win silently."""
    count = Counter(
        names.get(name, name) for name, values in request.query_params.lists() for _value in values
    )
    repeated = [name for name in request.query_params if count[names.get(name, name)] > 1]
    if repeated:
        raise ValidationError(
            {name[:64]: ["Send this once. Several values of a filter go with __in."] for name in repeated}
        )
