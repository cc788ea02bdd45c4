"""Serializer fields of the native billing resources."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from config.kit.lib.money import round_to_minor


class AmountField(serializers.DecimalField):
    """A decimal string with the decimal places of the row's (or its payment's) currency: "100.00", "1000"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 18, "decimal_places": 4, **kwargs})

    def get_attribute(self, instance: Any) -> Decimal:
        amount: Any = super().get_attribute(instance)
        currency = getattr(instance, "currency", None) or instance.payment.currency
        return round_to_minor(Decimal(amount), currency)

    def quantize(self, value: Decimal) -> Decimal:
        """Unchanged: the service checks the decimal places, because it knows the currency."""
        return value
