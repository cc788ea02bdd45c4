"""Fields of the native billing resources that DRF does not have."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from config.lib.money import round_to_minor


class AmountField(serializers.DecimalField):
    """A decimal string with as many places as the object's currency has: "100.00" TRY, "1000" JPY."""

    def get_attribute(self, instance: Any) -> Decimal:
        amount: Any = super().get_attribute(instance)
        return round_to_minor(amount, instance.currency)

    def quantize(self, value: Decimal) -> Decimal:
        """As it comes: the service knows the currency and refuses more places than it has."""
        return value
