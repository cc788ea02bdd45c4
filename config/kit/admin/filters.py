"""Filters of admin lists."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

Choices = Mapping[str, tuple[str | Promise, Q]]
"""Value in the query string → its label and the rows that it selects."""


class ChoiceFilter(DropdownFilter):
    """A drop-down whose choices stand for conditions. Unknown values select all rows."""

    def conditions(self) -> Choices:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, label) for value, (label, _condition) in self.conditions().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.conditions().get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class DayRangeFilter(RangeDateFilter):
    """From one day to another, both included, on a column of timestamps (unfold's filter is not time zone aware)."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        start, end = self._day("_from"), self._day("_to")
        if start:
            queryset = queryset.filter(**{f"{self.field_path}__gte": start})
        if end:
            queryset = queryset.filter(**{f"{self.field_path}__lt": end + timedelta(days=1)})
        return queryset

    def _day(self, suffix: str) -> datetime | None:
        text = self.used_parameters.get(f"{self.field_path}{suffix}")
        try:
            day = forms.DateField(required=False).clean(text)
            return timezone.make_aware(datetime.combine(day, time.min)) if day else None
        except (ValidationError, OverflowError):
            return None


class DayColumnRangeFilter(DayRangeFilter):
    """The same on a date column."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        start, end = self._day("_from"), self._day("_to")
        if start:
            queryset = queryset.filter(**{f"{self.field_path}__gte": start.date()})
        if end:
            queryset = queryset.filter(**{f"{self.field_path}__lte": end.date()})
        return queryset
