"""`/api/v1/bin_numbers/match/`: what the first digits of a card decide."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from config.kit.api.fields import PrimaryKeyField
from config.kit.lib.money import currency_of, places_error
from payments.api import examples
from payments.models import POS, Bank, Card, CardPaymentType, CardType, Channel
from payments.pos_gateway import gateway_class
from payments.routing import Match

TOO_MANY_DIGITS = "Send the first 6 to 8 digits only and never a card number."


class BinDigitsField(serializers.CharField):
    """The first 6 to 8 digits. More are refused and not repeated in the answer: they may be a card's number."""

    default_error_messages = {
        "digits": "Send the first 6 to 8 digits of the card.",
        "too_many": TOO_MANY_DIGITS,
    }

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if len(re.findall(r"\d", value)) > 8:
            self.fail("too_many")
        if not re.fullmatch(r"[0-9]{6,8}", value):
            self.fail("digits")
        return value


class MatchQuerySerializer(serializers.Serializer):
    channel = PrimaryKeyField(queryset=Channel.objects.select_related("default_card"))
    bin = BinDigitsField(help_text="The first 6 to 8 digits of the card.")
    currency = serializers.CharField(
        required=False,
        max_length=3,
        help_text="ISO 4217; the channel's default currency where it is missing.",
    )
    amount = serializers.DecimalField(
        required=False, max_digits=18, decimal_places=4, min_value=0, help_text="In major units: 100.00."
    )

    def validate_currency(self, value: str) -> str:
        try:
            currency_of(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.setdefault("currency", attrs["channel"].default_currency)
        amount = attrs.get("amount")
        if amount is not None and (error := places_error(amount, attrs["currency"])):
            raise ValidationError({"amount": [error]})
        return attrs


class _Named(serializers.ModelSerializer):
    class Meta:
        fields: tuple[str, ...] = ("pk", "name", "slug")


class MatchedBankSerializer(_Named):
    class Meta(_Named.Meta):
        model = Bank


class MatchedCardTypeSerializer(_Named):
    class Meta(_Named.Meta):
        model = CardType


class MatchedCardSerializer(_Named):
    class Meta(_Named.Meta):
        model = Card


class MatchedPosSerializer(_Named):
    class Meta(_Named.Meta):
        model = POS
        fields = ("pk", "name", "slug", "gateway_display")

    gateway_display = serializers.SerializerMethodField()

    def get_gateway_display(self, pos: POS) -> str:
        return gateway_class(pos).display()


class RouteSerializer(serializers.Serializer):
    pos = MatchedPosSerializer(allow_null=True)
    reason = serializers.CharField()


class RoutesSerializer(serializers.Serializer):
    cash_payment = RouteSerializer(source="cash")
    installment_payment = RouteSerializer(source="installment")
    three_d_payment = RouteSerializer(source="three_d")


class OfferSerializer(serializers.Serializer):
    pk = serializers.IntegerField(source="installment.pk")
    installment_count = serializers.IntegerField(source="installment.installment_count")
    label = serializers.CharField(source="installment.label")  # type: ignore[assignment]  # the wire's name
    interest_rate = serializers.DecimalField(
        max_digits=10, decimal_places=6, source="installment.interest_rate"
    )
    total = serializers.CharField(allow_null=True, help_text="In major units, exact.")
    monthly = serializers.CharField(allow_null=True, help_text="The first and highest part.")
    parts = serializers.ListField(child=serializers.CharField(), help_text="They add up to the total.")


@extend_schema_serializer(examples=examples.MATCH)
class MatchSerializer(serializers.Serializer):
    channel = serializers.IntegerField(source="channel.pk")
    currency = serializers.CharField()
    bin_number = serializers.SerializerMethodField()
    bin_number_length = serializers.SerializerMethodField()
    is_default_card = serializers.SerializerMethodField()
    bank = MatchedBankSerializer(source="card.bank")
    card_type = MatchedCardTypeSerializer(source="card.card_type")
    card = MatchedCardSerializer()
    card_payment_type = serializers.ChoiceField(
        choices=CardPaymentType.choices, source="card.card_payment_type"
    )
    is_commerce_card = serializers.BooleanField(source="card.is_commerce_card")
    pos = RoutesSerializer(source="*")
    installments = OfferSerializer(many=True, source="offers")

    def get_bin_number(self, match: Match) -> str | None:
        return match.bin_number.bin_number if match.bin_number else None

    def get_bin_number_length(self, match: Match) -> str | None:
        return match.bin_number.bin_number_length if match.bin_number else None

    def get_is_default_card(self, match: Match) -> bool:
        return match.bin_number is None
