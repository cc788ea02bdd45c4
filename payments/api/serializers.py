"""Shapes of the Omnitron resources. Rules are the services'; a serializer only says what a field looks like."""

from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from stdnum import iban

from config.kit.api.fields import JSONObjectField, PrimaryKeyField
from config.kit.api.resources import DATE_FIELDS, ResourceSerializer
from payments import services
from payments.api import examples
from payments.api.fields import GatewayConfigField, GatewayField, LogoField, SlugField
from payments.gateways import registry
from payments.models import (
    POS,
    Bank,
    BankAccount,
    BinNumber,
    Card,
    CardType,
    Channel,
    Installment,
    MultiCurrencyCard,
    PaymentOption,
)
from payments.models.base import SlugField as SlugModelField
from payments.pos_gateway import gateway_class


# Of a model whose slug the contract prints without `max_length`. (A docstring would describe each resource in OpenAPI.)
class SluggedSerializer(ResourceSerializer):
    serializer_field_mapping = {
        **ResourceSerializer.serializer_field_mapping,
        SlugModelField: SlugField,
        models.ImageField: LogoField,
    }


@extend_schema_serializer(examples=examples.CHANNEL)
class ChannelSerializer(SluggedSerializer):
    """The channel's default card travels inside `conf`, whose keys the contract leaves open: `default_card`."""

    service = services.channels
    conf = JSONObjectField(required=False)

    class Meta(ResourceSerializer.Meta):
        model = Channel
        fields = ("pk", "name", "slug", "channel_type", "is_active", "default_currency", "conf", *DATE_FIELDS)

    def to_representation(self, instance: Channel) -> dict[str, Any]:
        data = super().to_representation(instance)
        if instance.default_card_id is not None:
            data["conf"] = {**data["conf"], "default_card": instance.default_card_id}
        return data

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "conf" in attrs:
            attrs["conf"] = dict(attrs["conf"])
            attrs["default_card"] = self._default_card(attrs["conf"].pop("default_card", None))
        return attrs

    def _default_card(self, pk: Any) -> Card | None:
        if pk is None:
            return None
        field = PrimaryKeyField(queryset=Card.objects.all())
        try:
            return field.to_internal_value(pk)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"conf": {"default_card": error.detail}}) from None


@extend_schema_serializer(examples=examples.POS)
class POSSerializer(SluggedSerializer):
    service = services.pos
    gateway = GatewayField(choices=registry.choices)
    config = GatewayConfigField(required=False)
    gateway_display = serializers.SerializerMethodField()

    class Meta(ResourceSerializer.Meta):
        model = POS
        fields = (
            "pk",
            "name",
            "slug",
            "gateway",
            "config",
            "resource_url",
            "three_d_resource_url",
            "channel",
            "gateway_display",
            *DATE_FIELDS,
        )

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """PUT replaces the config, PATCH changes the fields that are sent."""
        if self.partial and "config" in validated_data:
            validated_data["config_changes"] = validated_data.pop("config")
        return super().update(instance, validated_data)

    def get_gateway_display(self, pos: POS) -> str:
        return gateway_class(pos).display()


@extend_schema_serializer(examples=examples.BANK)
class BankSerializer(SluggedSerializer):
    service = services.banks

    class Meta(ResourceSerializer.Meta):
        model = Bank
        fields = ("pk", "name", "slug", "logo", "channel", *DATE_FIELDS)


@extend_schema_serializer(examples=examples.CARD_TYPE)
class CardTypeSerializer(SluggedSerializer):
    service = services.card_types

    class Meta(ResourceSerializer.Meta):
        model = CardType
        fields = ("pk", "name", "slug", "logo", "channel", *DATE_FIELDS)


@extend_schema_serializer(examples=examples.CARD)
class CardSerializer(SluggedSerializer):
    service = services.cards

    class Meta(ResourceSerializer.Meta):
        model = Card
        fields = (
            "pk",
            "name",
            "bank",
            "card_type",
            "card_payment_type",
            "cash_payment",
            "installment_payment",
            "slug",
            "three_d_payment",
            "is_commerce_card",
            "channel",
            *DATE_FIELDS,
        )


@extend_schema_serializer(examples=examples.MULTI_CURRENCY_CARD)
class MultiCurrencyCardSerializer(ResourceSerializer):
    service = services.multi_currency_cards

    class Meta(ResourceSerializer.Meta):
        model = MultiCurrencyCard
        fields = (
            "pk",
            "card",
            "currency",
            "cash_payment",
            "installment_payment",
            "three_d_payment",
            *DATE_FIELDS,
        )


@extend_schema_serializer(examples=examples.BIN_NUMBER)
class BinNumberSerializer(ResourceSerializer):
    service = services.bin_numbers
    bin_number_length = serializers.ReadOnlyField()

    class Meta(ResourceSerializer.Meta):
        model = BinNumber
        fields = ("pk", "bin_number", "card", "is_active", "channel", "bin_number_length", *DATE_FIELDS)


@extend_schema_serializer(examples=examples.INSTALLMENT)
class InstallmentSerializer(ResourceSerializer):
    service = services.installments
    config = JSONObjectField(required=False)
    translations = JSONObjectField(required=False, allow_null=True)

    class Meta(ResourceSerializer.Meta):
        model = Installment
        fields = (
            "pk",
            "card",
            "installment_count",
            "label",
            "interest_rate",
            "is_active",
            "config",
            "translations",
            *DATE_FIELDS,
        )


@extend_schema_serializer(examples=examples.BANK_ACCOUNT)
class BankAccountSerializer(SluggedSerializer):
    service = services.bank_accounts
    iban_is_valid = serializers.SerializerMethodField()

    class Meta(ResourceSerializer.Meta):
        model = BankAccount
        fields = (
            "pk",
            "bank",
            "slug",
            "holder_name",
            "iban",
            "is_active",
            "sort_order",
            "description",
            "channel",
            "iban_is_valid",
            *DATE_FIELDS,
        )

    def get_iban_is_valid(self, account: BankAccount) -> bool:
        return iban.is_valid(account.iban)


@extend_schema_serializer(examples=examples.PAYMENT_OPTION)
class PaymentOptionSerializer(SluggedSerializer):
    service = services.payment_options
    config = JSONObjectField(required=False)
    translations = JSONObjectField(required=False, allow_null=True)

    class Meta(ResourceSerializer.Meta):
        model = PaymentOption
        fields = (
            "pk",
            "name",
            "slug",
            "payment_type",
            "sort_order",
            "is_active",
            "config",
            "translations",
            "channel",
            *DATE_FIELDS,
        )
