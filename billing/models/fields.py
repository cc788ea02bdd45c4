"""Columns shared by several tables."""

from typing import Any

from django.db import models

from config.kit.lib.money import validate_currency


class AmountField(models.DecimalField):
    """An amount in major units, with enough decimal places for every currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField):
    """ISO 4217, upper case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("validators", [validate_currency])
        super().__init__(*args, **kwargs)
