"""Fields of the native billing resources that DRF does not have."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from config.kit.lib.money import round_to_minor


class AmountField(serializers.DecimalField):
    """A decimal string with as many places as the row's (or its payment's) currency has: "100.00", "1000"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 18, "decimal_places": 4, **kwargs})

    def get_attribute(self, instance: Any) -> Decimal:
        amount: Any = super().get_attribute(instance)
        currency = getattr(instance, "currency", None) or instance.payment.currency
        return round_to_minor(Decimal(amount), currency)

    def quantize(self, value: Decimal) -> Decimal:
        """As it comes: the service knows the currency and refuses more places than it has."""
        return value
