"""Form fields for JSON objects and currencies."""

import json
from functools import lru_cache
from typing import Any

import moneyed
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

USUAL_CURRENCIES = ("TRY", "EUR", "USD", "GBP")


class JSONObjectField(forms.JSONField):
    """A JSON object as indented text. Empty input means `{}`, or null where `null` is set."""

    widget = UnfoldAdminTextareaWidget({"rows": 6, "spellcheck": "false", "class": "font-mono"})
    default_error_messages = {"object": _('Enter a JSON object, for example {"name": "value"}.')}

    def __init__(self, *, null: bool = False, **kwargs: Any) -> None:
        self.null = null
        kwargs["widget"] = self.widget
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if value in (None, {}):
            return ""
        if isinstance(value, dict):
            return json.dumps(value, indent=2, ensure_ascii=False, cls=self.encoder)
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        data = super().to_python(value)
        if data is None:
            return None if self.null else {}
        if not isinstance(data, dict):
            raise ValidationError(self.error_messages["object"], code="object")
        return data

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or None, data)


def currency_choices() -> list[tuple[str, str]]:
    """ISO 4217 codes with their names in the page's language, USUAL_CURRENCIES first."""
    return _currencies(get_language() or "en")


@lru_cache(maxsize=4)
def _currencies(language: str) -> list[tuple[str, str]]:
    codes = [*USUAL_CURRENCIES, *sorted(set(moneyed.CURRENCIES) - set(USUAL_CURRENCIES))]
    return [(code, f"{code} – {moneyed.get_currency(code).get_name(language)}") for code in codes]


class CurrencyField(forms.ChoiceField):
    widget = UnfoldAdminSelectWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(choices=currency_choices, **kwargs)
