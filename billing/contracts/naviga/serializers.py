"""The body of Naviga's request. An old body is converted first (`mapping.read_old_body`).

Messages are not sent: the client gets "Invalid inputs." for every fault.
"""

from typing import Any

from rest_framework import serializers

from billing.models import BankAccountType, MethodKind
from billing.payment_method_rules import (
    MAX_SECRET,
    MethodFacts,
    find_expiry_faults,
    find_faults,
    full_year,
    max_length,
)
from config.kit.api.serializers import Serializer
from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number
from config.kit.lib.masking import read_masked_card

INT64 = 2**63 - 1


class TextField(serializers.CharField):
    """A text without a card number. Null counts as empty."""

    holds_card_number = staticmethod(holds_card_number)

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(
            **{"max_length": max_length, "allow_blank": True, "allow_null": True, "default": "", **kwargs}
        )

    def to_internal_value(self, data: Any) -> str:
        value: str = super().to_internal_value(data)
        # Too long a text is refused by its length, before anybody reads it.
        if len(value) <= (self.max_length or 0) and self.holds_card_number(value):
            self.fail("invalid")
        return value

    def run_validation(self, data: Any = serializers.empty) -> str:
        return super().run_validation(data) or ""


class IdField(TextField):
    """An id, a token or an account number of another system."""

    holds_card_number = staticmethod(holds_bare_card_number)


class CardMaskField(TextField):
    """A masked number, `4111********1111` or `XXXXXXXXXXXX1111`."""

    def to_internal_value(self, data: Any) -> str:
        value = serializers.CharField.to_internal_value(self, data)
        try:
            return read_masked_card(value) if value else ""
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
        if len(text) > (4 if self.year else 2):
            self.fail("invalid")
        if not self.year:
            return int(text)
        digits = max(len(text), 2) if isinstance(data, int) else len(text)
        return full_year(int(text), digits=digits)


def identifier(**kwargs: Any) -> serializers.IntegerField:
    """0 and null mean "not sent"."""
    return serializers.IntegerField(
        **{"min_value": 0, "max_value": INT64, "allow_null": True, "default": None, **kwargs}
    )


class CreditCardSerializer(Serializer):
    CreditCardType = serializers.ChoiceField(choices=[1, 2, 3, 4, 5], allow_null=True, default=None)
    CreditCardNumber = CardMaskField(64)
    CreditCardExpirationYear = PartOfDateField(year=True)
    CreditCardExpirationMonth = PartOfDateField(year=False)
    CardOwner = TextField(max_length("card_owner"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if any(find_expiry_faults(attrs["CreditCardExpirationMonth"], attrs["CreditCardExpirationYear"])):
            raise serializers.ValidationError("The expiry is not valid.")
        return attrs


class BankAccountSerializer(Serializer):
    BankAccountNumber = IdField(64)
    BankName = TextField(max_length("bank_name"))
    BankAccountType = serializers.ChoiceField(choices=BankAccountType.choices, allow_null=True, default=None)
    BankRoutingNumber = IdField(64)


class PaymentMethodSerializer(Serializer):
    """The new body."""

    SubscriptionId = serializers.IntegerField(min_value=1, max_value=INT64)
    BillingAddressId = identifier()
    BillingSystemPaymentMethodId = IdField(max_length("external_id"))
    HolderName = TextField(max_length("holder_name"))
    CreditCard = CreditCardSerializer(allow_null=True, default=None)
    BankAccount = BankAccountSerializer(allow_null=True, default=None)
    PaymentMethodType = serializers.ChoiceField(choices=MethodKind.choices, allow_null=True, default=None)
    PaymentGatewayCustomerId = IdField(max_length("gateway_customer_id"))
    PaymentGatewayToken = IdField(MAX_SECRET)
    IsDefault = serializers.BooleanField(allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The page's requirements for each kind. A missing kind follows from the block that is sent."""
        card, bank = attrs["CreditCard"], attrs["BankAccount"]
        if attrs["PaymentMethodType"] is None:
            if (card is None) == (bank is None):
                raise serializers.ValidationError("The kind is missing.")
            attrs["PaymentMethodType"] = MethodKind.CREDIT_CARD if card else MethodKind.BANK_ACCOUNT
        card, bank = card or {}, bank or {}
        attrs["HolderName"] = attrs["HolderName"] or card.get("CardOwner", "")
        facts = MethodFacts(
            kind=attrs["PaymentMethodType"],
            masked_card=card.get("CreditCardNumber", ""),
            expiry_month=card.get("CreditCardExpirationMonth"),
            expiry_year=card.get("CreditCardExpirationYear"),
            bank_account_number=bank.get("BankAccountNumber", ""),
        )
        needed = [attrs["HolderName"]]
        if facts.kind == MethodKind.CREDIT_CARD:
            needed.append(attrs["PaymentGatewayToken"])
        elif facts.kind == MethodKind.BANK_ACCOUNT:
            needed += bank.values()
        if not all(needed) or any(find_faults(facts)):
            raise serializers.ValidationError("A required value is missing.")
        return attrs
