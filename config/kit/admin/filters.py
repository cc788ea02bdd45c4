"""Filters of admin lists."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RangeNumericFilter

from config.kit.admin.decimal_field import DecimalTextField
from config.kit.lib.days import start_of, today

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


class PeriodFilter(ChoiceFilter):
    """Days of the office. Weeks begin on Monday."""

    title = _("Period")
    parameter_name = "period"
    column: ClassVar[str]
    """Of timestamps."""

    def conditions(self) -> Choices:
        now = today()
        monday, first = now - timedelta(days=now.weekday()), now.replace(day=1)
        return {
            "today": (_("Today"), self._since(now)),
            "yesterday": (
                _("Yesterday"),
                self._since(now - timedelta(days=1)) & Q(**{f"{self.column}__lt": start_of(now)}),
            ),
            "week": (_("This week"), self._since(monday)),
            "month": (_("This month"), self._since(first)),
        }

    def _since(self, day: date) -> Q:
        return Q(**{f"{self.column}__gte": start_of(day)})


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


class AmountRangeForm(forms.Form):
    """Both ends as people type them."""

    class Media:
        js = ("admin/decimal.js",)

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for end, label in (("from", _("From")), ("to", _("To"))):
            field = DecimalTextField(label="", required=False)
            field.widget.attrs |= {"placeholder": label, "aria-label": label}
            self.fields[f"{name}_{end}"] = field


class AmountRangeFilter(RangeNumericFilter):
    """From one amount to another, both included. What is no number, or could be two, selects nothing and is told."""

    form_class = AmountRangeForm

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        form = self._form()
        if not form.is_valid():
            for error in (text for texts in form.errors.values() for text in texts):
                messages.error(request, str(error))
            return queryset.none()
        ends = {
            f"{self.field_path}__gte": form.cleaned_data[f"{self.parameter_name}_from"],
            f"{self.field_path}__lte": form.cleaned_data[f"{self.parameter_name}_to"],
        }
        return queryset.filter(**{lookup: end for lookup, end in ends.items() if end is not None})

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {"request": self.request, "parameter_name": self.parameter_name, "form": self._form()}

    def _form(self) -> AmountRangeForm:
        return AmountRangeForm(name=str(self.parameter_name), data=self.used_parameters)
