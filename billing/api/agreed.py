"""`/api/v1/commission_plans/`, `acquiring_agreements/` and `bank_days/`: what is agreed with banks, and its cost."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing import services
from billing.agreed.cost import find_costs
from billing.api.filters import COMMON
from billing.api.serializers import BillingSerializer
from billing.models import AcquiringAgreement, BankDay, CommissionPlan
from config.kit.api.filters import CHOICE_LOOKUPS, NUMBER_LOOKUPS, ResourceFilterSet
from config.kit.api.query import validated_parameters
from config.kit.api.resources import DATE_FIELDS, FullResourceViewSet
from payments.api.match import MatchQuerySerializer


class CommissionPlanSerializer(BillingSerializer):
    service = services.commission_plans

    class Meta(BillingSerializer.Meta):
        model = CommissionPlan
        fields = (
            "pk", "pos", "card_type", "card_payment_type", "is_commercial", "is_own_bank", "installments",
            "currency", "valid_from", "valid_to", "rate", "fixed_amount", "value_rule", "value_days", "borne_by",
            *DATE_FIELDS,
        )  # fmt: skip


class AcquiringAgreementSerializer(BillingSerializer):
    service = services.acquiring_agreements

    class Meta(BillingSerializer.Meta):
        model = AcquiringAgreement
        fields = ("pk", "pos", "bank", "account", "terminal_number", *DATE_FIELDS)


class BankDaySerializer(BillingSerializer):
    service = services.bank_days

    class Meta(BillingSerializer.Meta):
        model = BankDay
        fields = ("pk", "day", "is_working", "name", *DATE_FIELDS)


class CostQuerySerializer(MatchQuerySerializer):
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0)
    installments = serializers.IntegerField(default=1, min_value=1, max_value=36)


class CostSerializer(serializers.Serializer):
    pos = serializers.IntegerField(source="pos.pk")
    rate = serializers.CharField()
    fixed_amount = serializers.CharField()
    commission = serializers.CharField(help_text="In major units, exact.")
    net = serializers.CharField()
    value_dates = serializers.ListField(child=serializers.DateField(), help_text="One for each payout.")
    borne_by = serializers.CharField()


class CommissionPlanFilter(ResourceFilterSet):
    class Meta:
        model = CommissionPlan
        fields: dict[str, Any] = {
            **COMMON,
            "pos": CHOICE_LOOKUPS,
            "currency": CHOICE_LOOKUPS,
            "installments": NUMBER_LOOKUPS,
            "valid_from": NUMBER_LOOKUPS,
            "valid_to": NUMBER_LOOKUPS,
        }


class AcquiringAgreementFilter(ResourceFilterSet):
    class Meta:
        model = AcquiringAgreement
        fields: dict[str, Any] = {**COMMON, "pos": CHOICE_LOOKUPS, "terminal_number": CHOICE_LOOKUPS}


class BankDayFilter(ResourceFilterSet):
    class Meta:
        model = BankDay
        fields: dict[str, Any] = {**COMMON, "day": NUMBER_LOOKUPS}


class CommissionPlanViewSet(FullResourceViewSet):
    queryset = CommissionPlan.objects.all()
    serializer_class = CommissionPlanSerializer
    filterset_class = CommissionPlanFilter

    @extend_schema(
        parameters=[CostQuerySerializer], responses={200: CostSerializer(many=True)}, filters=False
    )
    @action(detail=False, pagination_class=None)
    def cost(self, request: Request) -> Response:
        """What a payment would cost on each POS of the channel that has a plan for it, the cheapest first."""
        costs = find_costs(**validated_parameters(request, CostQuerySerializer))
        return Response(CostSerializer(costs, many=True).data)


class AcquiringAgreementViewSet(FullResourceViewSet):
    queryset = AcquiringAgreement.objects.all()
    serializer_class = AcquiringAgreementSerializer
    filterset_class = AcquiringAgreementFilter


class BankDayViewSet(FullResourceViewSet):
    queryset = BankDay.objects.all()
    serializer_class = BankDaySerializer
    filterset_class = BankDayFilter
