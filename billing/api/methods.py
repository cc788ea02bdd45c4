"""`/api/v1/payment_methods/`, `billing_addresses/`, `tenants/` and `source_systems/`."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter
from rest_framework import mixins, serializers

from billing import services
from billing.api.filters import COMMON
from billing.api.serializers import BY_ID, BillingSerializer
from billing.models import Account, BillingAddress, PaymentMethod, SourceSystem, Subscription, Tenant
from billing.payment_method_rules import MAX_SECRET
from billing.services.payment_method import MASKS
from config.kit.api.fields import JSONObjectField
from config.kit.api.filters import (
    CHOICE_LOOKUPS,
    FLAG_LOOKUPS,
    NUMBER_LOOKUPS,
    CharInFilter,
    KeyFilter,
    KeyInFilter,
    ResourceFilterSet,
)
from config.kit.api.lists import ListModelMixin
from config.kit.api.resources import DATE_FIELDS, FullResourceViewSet, ResourceViewSet


class MaskedField(serializers.CharField):
    """Written in clear and read as a mask. Sending the mask back leaves the value unchanged."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_null": True, "allow_blank": True, "max_length": MAX_SECRET, **kwargs}
        )

    def get_attribute(self, instance: Any) -> str:
        return getattr(instance, MASKS[str(self.field_name)])


class TenantSerializer(BillingSerializer):
    """While `configuration` is null, no site of the tenant can add a payment method."""

    service = services.tenants
    configuration = JSONObjectField(required=False, allow_null=True)

    class Meta(BillingSerializer.Meta):
        model = Tenant
        fields = (
            "pk",
            "media_group_code",
            "client_code",
            "paper_code",
            "name",
            "configuration",
            "is_active",
            *DATE_FIELDS,
        )


class SourceSystemSerializer(BillingSerializer):
    service = services.source_systems

    class Meta(BillingSerializer.Meta):
        model = SourceSystem
        fields = ("pk", "code", "name", "is_active", *DATE_FIELDS)


class BillingAddressSerializer(BillingSerializer):
    """`number` is the Naviga contract's BillingAddressId. It is assigned if it is missing or null."""

    service = services.billing_addresses
    number = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="Assigned if not given."
    )

    class Meta(BillingSerializer.Meta):
        model = BillingAddress
        fields = (
            "pk",
            "number",
            "account",
            "street",
            "city",
            "province",
            "postal_code",
            "country",
            "phone",
            *DATE_FIELDS,
        )
        extra_kwargs = {"account": BY_ID}


class PaymentMethodSerializer(BillingSerializer):
    """If `is_default` is missing, the first usable method of an account becomes its default."""

    service = services.payment_methods
    bank_account_number = MaskedField()
    bank_routing_number = MaskedField()
    gateway_token = MaskedField(write_only=True)
    is_expired = serializers.BooleanField(read_only=True)
    brand_fits = serializers.BooleanField(
        read_only=True, allow_null=True, help_text="Whether the first digits match the brand."
    )

    class Meta(BillingSerializer.Meta):
        model = PaymentMethod
        fields = (
            "pk",
            "account",
            "subscription",
            "billing_address",
            "kind",
            "external_id",
            "holder_name",
            "card_owner",
            "card_mask",
            "brand",
            "expiry_month",
            "expiry_year",
            "expires_on",
            "is_expired",
            "brand_fits",
            "bank_name",
            "bank_account_type",
            "bank_account_number",
            "bank_routing_number",
            "gateway",
            "gateway_token",
            "gateway_token_mask",
            "gateway_customer_id",
            "is_default",
            "is_active",
            *DATE_FIELDS,
        )
        read_only_fields = ("expires_on", "gateway_token_mask")
        extra_kwargs = {
            **dict.fromkeys(("subscription", "billing_address"), BY_ID),
            # only TM Forum's contract adds methods that belong to nobody
            "account": {**BY_ID, "required": True, "allow_null": False},
            # sent as up to 64 characters, of which the first six and last four digits are kept
            "card_mask": {"source": "masked_card", "max_length": 64},
        }


class TenantFilter(ResourceFilterSet):
    class Meta:
        model = Tenant
        fields = {
            **COMMON,
            "media_group_code": CHOICE_LOOKUPS,
            "client_code": CHOICE_LOOKUPS,
            "paper_code": CHOICE_LOOKUPS,
            "name": CHOICE_LOOKUPS,
            "is_active": FLAG_LOOKUPS,
        }


class SourceSystemFilter(ResourceFilterSet):
    class Meta:
        model = SourceSystem
        fields = {**COMMON, "code": CHOICE_LOOKUPS, "name": CHOICE_LOOKUPS, "is_active": FLAG_LOOKUPS}


class BillingAddressFilter(ResourceFilterSet):
    account = KeyFilter(queryset=Account.objects.all())
    account__in = KeyInFilter(field_name="account", lookup_expr="in")

    class Meta:
        model = BillingAddress
        fields = {
            **COMMON,
            "number": NUMBER_LOOKUPS,
            "city": CHOICE_LOOKUPS,
            "province": CHOICE_LOOKUPS,
            "postal_code": CHOICE_LOOKUPS,
            "country": CHOICE_LOOKUPS,
        }


class PaymentMethodFilter(ResourceFilterSet):
    account = KeyFilter(queryset=Account.objects.all())
    account__in = KeyInFilter(field_name="account", lookup_expr="in")
    subscription = KeyFilter(queryset=Subscription.objects.all())
    subscription__in = KeyInFilter(field_name="subscription", lookup_expr="in")

    card_mask = CharFilter(field_name="masked_card")
    card_mask__in = CharInFilter(field_name="masked_card", lookup_expr="in")

    class Meta:
        model = PaymentMethod
        fields = {
            **COMMON,
            "kind": CHOICE_LOOKUPS,
            "external_id": CHOICE_LOOKUPS,
            "holder_name": CHOICE_LOOKUPS,
            "brand": CHOICE_LOOKUPS,
            "expires_on": NUMBER_LOOKUPS,
            "gateway": CHOICE_LOOKUPS,
            "is_default": FLAG_LOOKUPS,
            "is_active": FLAG_LOOKUPS,
        }


class TenantViewSet(FullResourceViewSet):
    queryset = Tenant.objects.all()
    serializer_class = TenantSerializer
    filterset_class = TenantFilter


class SourceSystemViewSet(FullResourceViewSet):
    queryset = SourceSystem.objects.all()
    serializer_class = SourceSystemSerializer
    filterset_class = SourceSystemFilter


class BillingAddressViewSet(FullResourceViewSet):
    queryset = BillingAddress.objects.all()
    serializer_class = BillingAddressSerializer
    filterset_class = BillingAddressFilter


class PaymentMethodViewSet(
    ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    ResourceViewSet,
):
    """No DELETE: set `is_active` to false. Account numbers and tokens are shown as their last four characters."""

    queryset = PaymentMethod.objects.all()
    serializer_class = PaymentMethodSerializer
    card_number_fields = frozenset({"card_mask"})
    filterset_class = PaymentMethodFilter
    ordering_names = {"card_mask": "masked_card"}

    def get_queryset(self) -> QuerySet[PaymentMethod]:
        """Lists need no encrypted columns."""
        methods: QuerySet[PaymentMethod] = super().get_queryset()
        return methods.defer(*MASKS) if self.action == "list" else methods
