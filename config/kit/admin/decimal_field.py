"""The form field for amounts and rates. What was understood is shown beside it before anything is saved."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext, gettext_lazy
from unfold.mixins import BaseModelAdminMixin

from config.kit.admin.asking import AskingInput
from config.kit.lib.decimal_text import AmbiguousDecimalError, read_decimal, write_decimal

AMBIGUOUS = gettext_lazy(
    "“%(text)s” can mean %(first)s or %(second)s. Enter “%(plain_first)s” or “%(plain_second)s”."
)


class DecimalInput(AskingInput):
    """`currency` and `unit` are what decimal.js shows the number with; else the form's field `currency` is used."""

    template_name = "admin/decimal_input.html"

    class Media:
        js = ("admin/decimal.js",)

    def __init__(self, attrs: dict[str, Any] | None = None, *, currency: str = "", unit: str = "") -> None:
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "spellcheck": "false", **(attrs or {})}
        )
        self.currency = currency
        self.unit = unit

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "currency": self.currency,
            "unit": self.unit,
            "ambiguous": gettext("Ambiguous: {first} or {second}"),
        }
        return context


class DecimalTextField(forms.DecimalField):
    """Understands every locale's way to write a number (config/kit/lib/decimal_text.py), whatever the page's language.

    Refuses what could be read in two ways, with both readings.
    """

    widget = DecimalInput

    def __init__(self, **kwargs: Any) -> None:
        widget = kwargs.get("widget")
        if not isinstance(widget, DecimalInput):  # of the admin's own overrides
            kwargs["widget"] = DecimalInput()
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return read_decimal(str(value))
        except AmbiguousDecimalError as error:
            first, second = error.readings
            texts = {
                "text": value,
                "first": number_format(first, use_l10n=True, force_grouping=True),
                "second": number_format(second, use_l10n=True),
                "plain_first": _written(first),
                "plain_second": _written(second),
            }
            raise ValidationError(AMBIGUOUS, code="ambiguous", params=texts) from None
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return _written(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class DecimalFieldsMixin(BaseModelAdminMixin):
    """Uses DecimalTextField for decimal columns. For pages and for inlines."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if isinstance(db_field, models.DecimalField):
            return db_field.formfield(form_class=DecimalTextField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def show_in(field: forms.Field, currency: str = "", *, unit: str = "") -> None:
    """The number beside the field is shown in this currency, or with this unit, for example %."""
    if isinstance(field.widget, DecimalInput):
        field.widget.currency, field.widget.unit = currency, unit


def _written(value: Decimal) -> str:
    return write_decimal(value, get_format("DECIMAL_SEPARATOR"))
