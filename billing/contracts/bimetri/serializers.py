"""Bodies of Bimetri's requests. Rules that its OpenAPI file states only in examples are enforced."""

import re
from typing import Any

from rest_framework import serializers
from stdnum import luhn

from config.kit.api.serializers import Serializer
from config.kit.lib import days

INT32, INT64 = 2**31 - 1, 2**63 - 1


class DigitsField(serializers.CharField):
    """A text of `shortest` to `longest` ASCII digits. Its message does not repeat the value."""

    default_error_messages = {"digits": "Must be {length} digits."}

    def __init__(self, shortest: int, longest: int, **kwargs: Any) -> None:
        self.shortest, self.longest = shortest, longest
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not re.fullmatch(rf"[0-9]{{{self.shortest},{self.longest}}}", value):
            length = self.shortest if self.shortest == self.longest else f"{self.shortest} to {self.longest}"
            self.fail("digits", length=length)
        return value


class ChoiceField(serializers.ChoiceField):
    """Its message does not repeat the value."""

    default_error_messages = {"invalid_choice": "Not one of the possible values."}


class BillNumbersField(serializers.ListField):
    """Bill numbers without repetition."""

    default_error_messages = {"repeated": "A bill must not be repeated."}

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.IntegerField(min_value=1, max_value=INT32)
        super().__init__(**{"child": child, "allow_empty": False, "max_length": 100, **kwargs})

    def to_internal_value(self, data: Any) -> list[int]:
        value: list[int] = super().to_internal_value(data)
        if len(set(value)) != len(value):
            self.fail("repeated")
        return value


class AddPaymentSerializer(Serializer):
    CardExpireMonth = ChoiceField(choices=[f"{month:02d}" for month in range(1, 13)])
    CardExpireYear = DigitsField(4, 4)
    CardNumber = DigitsField(12, 19)
    CardOwnerName = serializers.CharField(min_length=4, max_length=100)
    Cvc = DigitsField(3, 4)
    Installment = serializers.IntegerField(default=1, min_value=1, max_value=99)
    bill = BillNumbersField()
    phoneNumber = DigitsField(10, 10)
    returnUrl = serializers.CharField(max_length=500, required=False)
    subscriptionId = serializers.IntegerField(min_value=1, max_value=INT64)
    threeD = ChoiceField(choices=[0, 1])

    def validate_CardNumber(self, value: str) -> str:
        """Twelve digits are not checked: the contract's own sample has no check digit."""
        if len(value) > 12 and not luhn.is_valid(value):
            raise serializers.ValidationError("The card number is not valid.")
        return value

    def validate_phoneNumber(self, value: str) -> str:
        if value.startswith("0"):
            raise serializers.ValidationError("Must not start with 0.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        today = days.today()
        if (int(attrs["CardExpireYear"]), int(attrs["CardExpireMonth"])) < (today.year, today.month):
            raise serializers.ValidationError({"CardExpireYear": "The card has expired."})
        return attrs


class LoginSerializer(Serializer):
    screenName = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    rememberMe = serializers.BooleanField(default=False)


class SubscriptionSerializer(Serializer):
    organizationId = serializers.IntegerField(min_value=1, max_value=INT64)
    subscriptionId = serializers.IntegerField(min_value=1, max_value=INT64)


class BillQuerySerializer(SubscriptionSerializer):
    billId = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=INT32)
    monthFilter = ChoiceField(choices=[1, 3, 6, 12, 24], default=6)


class RegisteredCardSerializer(Serializer):
    subscriptionId = serializers.IntegerField(min_value=1, max_value=INT64)
    bill = BillNumbersField()
    installment = serializers.IntegerField(default=1, min_value=1, max_value=99)
