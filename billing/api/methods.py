"""`/api/v1/payment_methods/`, `billing_addresses`, `tenants`, `source_systems`: how accounts pay, and who adds it."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers

from billing import services
from billing.api.filters import COMMON
from billing.api.serializers import BY_ID, BillingSerializer
from billing.models import Account, BillingAddress, PaymentMethod, SourceSystem, Subscription, Tenant
from billing.services.payment_method import MASKS, MAX_SECRET
from config.kit.api.fields import JSONObjectField
from config.kit.api.filters import CHOICES, FLAGS, NUMBERS, KeyFilter, KeyInFilter, ResourceFilterSet
from config.kit.api.resources import DATES, FullResourceViewSet, ResourceViewSet


class MaskedField(serializers.CharField):
    """Written in clear, read as its mask; a mask that is sent back changes nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_null": True, "allow_blank": True, "max_length": MAX_SECRET, **kwargs}
        )

    def get_attribute(self, instance: Any) -> str:
        return getattr(instance, MASKS[str(self.field_name)])


class TenantSerializer(BillingSerializer):
    """`configuration` null: it is missing, and no site can add a payment method."""

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
            *DATES,
        )


class SourceSystemSerializer(BillingSerializer):
    service = services.source_systems

    class Meta(BillingSerializer.Meta):
        model = SourceSystem
        fields = ("pk", "code", "name", "is_active", *DATES)


class BillingAddressSerializer(BillingSerializer):
    """A number that is not given, or null, is assigned; it is the Naviga contract's BillingAddressId."""

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
            *DATES,
        )
        extra_kwargs = {"account": BY_ID}


class PaymentMethodSerializer(BillingSerializer):
    """Without `is_default` the first method of an account that can be used becomes its own."""

    service = services.payment_methods
    bank_account_number = MaskedField()
    bank_routing_number = MaskedField()
    gateway_token = MaskedField(write_only=True)
    is_expired = serializers.BooleanField(read_only=True)
    brand_fits = serializers.BooleanField(
        read_only=True, allow_null=True, help_text="Whether the first digits are of the brand."
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
            *DATES,
        )
        read_only_fields = ("expires_on", "gateway_token_mask")
        extra_kwargs = {
            **dict.fromkeys(("account", "subscription", "billing_address"), BY_ID),
            "card_mask": {"max_length": 64},  # as it is sent; six and four digits of it are kept
        }


class TenantFilter(ResourceFilterSet):
    class Meta:
        model = Tenant
        fields = {
            **COMMON,
            "media_group_code": CHOICES,
            "client_code": CHOICES,
            "paper_code": CHOICES,
            "name": CHOICES,
            "is_active": FLAGS,
        }


class SourceSystemFilter(ResourceFilterSet):
    class Meta:
        model = SourceSystem
        fields = {**COMMON, "code": CHOICES, "name": CHOICES, "is_active": FLAGS}


class BillingAddressFilter(ResourceFilterSet):
    account = KeyFilter(queryset=Account.objects.all())
    account__in = KeyInFilter(field_name="account", lookup_expr="in")

    class Meta:
        model = BillingAddress
        fields = {
            **COMMON,
            "number": NUMBERS,
            "city": CHOICES,
            "province": CHOICES,
            "postal_code": CHOICES,
            "country": CHOICES,
        }


class PaymentMethodFilter(ResourceFilterSet):
    account = KeyFilter(queryset=Account.objects.all())
    account__in = KeyInFilter(field_name="account", lookup_expr="in")
    subscription = KeyFilter(queryset=Subscription.objects.all())
    subscription__in = KeyInFilter(field_name="subscription", lookup_expr="in")

    class Meta:
        model = PaymentMethod
        fields = {
            **COMMON,
            "kind": CHOICES,
            "external_id": CHOICES,
            "holder_name": CHOICES,
            "card_mask": CHOICES,
            "brand": CHOICES,
            "expires_on": NUMBERS,
            "gateway": CHOICES,
            "is_default": FLAGS,
            "is_active": FLAGS,
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
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    ResourceViewSet,
):
    """No DELETE: a method is switched off by `is_active`. Numbers and tokens are read as their last four characters."""

    queryset = PaymentMethod.objects.all()
    serializer_class = PaymentMethodSerializer
    filterset_class = PaymentMethodFilter

    def get_queryset(self) -> QuerySet[PaymentMethod]:
        """A list decrypts nothing."""
        methods: QuerySet[PaymentMethod] = super().get_queryset()
        return methods.defer(*MASKS) if self.action == "list" else methods
