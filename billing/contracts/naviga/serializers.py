"""The body of Naviga's request. An old body is converted first (`mapping.read_old_body`).

Messages are not sent: the client gets "Invalid inputs." for every fault.
"""

from typing import Any

from rest_framework import serializers

from billing.models import BankAccountType, MethodKind
from config.kit.lib.masking import mask_card_numbers, read_card_mask

INT64 = 2**63 - 1


class TextField(serializers.CharField):
    """A text without a card number. Null counts as empty."""

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(
            **{"max_length": max_length, "allow_blank": True, "allow_null": True, "default": "", **kwargs}
        )

    def to_internal_value(self, data: Any) -> str:
        value: str = super().to_internal_value(data)
        if mask_card_numbers(value) != value:
            self.fail("invalid")
        return value

    def run_validation(self, data: Any = serializers.empty) -> str:
        return super().run_validation(data) or ""


class CardMaskField(TextField):
    """A masked number, `4111********1111` or `XXXXXXXXXXXX1111`."""

    def to_internal_value(self, data: Any) -> str:
        value = serializers.CharField.to_internal_value(self, data)
        try:
            return read_card_mask(value) if value else ""
        except ValueError:
            self.fail("invalid")


class PartOfDateField(serializers.Field):
    """A month, or a year of two or four digits, as a number or a text."""

    default_error_messages = {"invalid": "A number is expected."}

    def __init__(self, *, year: bool, **kwargs: Any) -> None:
        self.year = year
        super().__init__(**{"allow_null": True, "default": None, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        text = str(data).strip()
        if (
            isinstance(data, bool)
            or not isinstance(data, (int, str))
            or not (text.isascii() and text.isdigit())
        ):
            self.fail("invalid")
        number = int(text) if len(text) <= 4 else -1
        if not self.year:
            return number if 1 <= number <= 12 and len(text) <= 2 else self.fail("invalid")
        if len(text) != 4 and (len(text) == 2 or isinstance(data, int)):
            number += 2000
        return number if 2000 <= number <= 2099 else self.fail("invalid")


def identifier(**kwargs: Any) -> serializers.IntegerField:
    """0 and null mean "not sent"."""
    return serializers.IntegerField(
        **{"min_value": 0, "max_value": INT64, "allow_null": True, "default": None, **kwargs}
    )


class CreditCardSerializer(serializers.Serializer):
    CreditCardType = serializers.ChoiceField(choices=[1, 2, 3, 4, 5], allow_null=True, default=None)
    CreditCardNumber = CardMaskField(64)
    CreditCardExpirationYear = PartOfDateField(year=True)
    CreditCardExpirationMonth = PartOfDateField(year=False)
    CardOwner = TextField(200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["CreditCardExpirationYear"] is None) != (attrs["CreditCardExpirationMonth"] is None):
            raise serializers.ValidationError("A month and a year belong together.")
        return attrs


class BankAccountSerializer(serializers.Serializer):
    BankAccountNumber = TextField(64)
    BankName = TextField(200)
    BankAccountType = serializers.ChoiceField(choices=BankAccountType.choices, allow_null=True, default=None)
    BankRoutingNumber = TextField(64)


class PaymentMethodSerializer(serializers.Serializer):
    """The new body."""

    SubscriptionId = serializers.IntegerField(min_value=1, max_value=INT64)
    BillingAddressId = identifier()
    BillingSystemPaymentMethodId = TextField(128)
    HolderName = TextField(200)
    CreditCard = CreditCardSerializer(allow_null=True, default=None)
    BankAccount = BankAccountSerializer(allow_null=True, default=None)
    PaymentMethodType = serializers.ChoiceField(choices=MethodKind.choices, allow_null=True, default=None)
    PaymentGatewayCustomerId = TextField(128)
    PaymentGatewayToken = TextField(512)
    IsDefault = serializers.BooleanField(allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The page's requirements for each kind. A missing kind follows from the block that is sent."""
        card, bank = attrs["CreditCard"], attrs["BankAccount"]
        if attrs["PaymentMethodType"] is None:
            if (card is None) == (bank is None):
                raise serializers.ValidationError("The kind is missing.")
            attrs["PaymentMethodType"] = MethodKind.CREDIT_CARD if card else MethodKind.BANK_ACCOUNT
        attrs["HolderName"] = attrs["HolderName"] or (card or {}).get("CardOwner", "")
        needed = [attrs["HolderName"]]
        if attrs["PaymentMethodType"] == MethodKind.CREDIT_CARD:
            names = ("CreditCardNumber", "CreditCardExpirationYear")
            needed += [attrs["PaymentGatewayToken"], card and all(card[name] for name in names)]
        elif attrs["PaymentMethodType"] == MethodKind.BANK_ACCOUNT:
            needed.append(bank and all(bank.values()))
        if not all(needed):
            raise serializers.ValidationError("Something that this kind needs is missing.")
        return attrs
