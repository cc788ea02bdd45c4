"""Filters of admin lists."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter


class DayRangeFilter(RangeDateFilter):
    """From one day to another, both included, on a column of points in time (unfold's are naive)."""

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
    """The same on a column of days."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        start, end = self._day("_from"), self._day("_to")
        if start:
            queryset = queryset.filter(**{f"{self.field_path}__gte": start.date()})
        if end:
            queryset = queryset.filter(**{f"{self.field_path}__lte": end.date()})
        return queryset
