"""`/api/v1/payments/` and `/api/v1/refunds/`: reading, refunding, voiding and approving."""

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.fields import AmountField
from billing.api.idempotency import IdempotentMixin
from billing.models import Payment, Refund, RefundKind
from billing.services import reconcile, refund
from billing.states import PaymentState, RefundState
from billing.timeline import get_timeline
from config.kit.api.filters import (
    CHOICE_LOOKUPS,
    DATE_LOOKUPS,
    FLAG_LOOKUPS,
    NUMBER_LOOKUPS,
    ChoiceInFilter,
    NumberFilter,
    ResourceFilterSet,
)
from config.kit.api.lists import ListModelMixin
from config.kit.api.permissions import ModelPermissions, requires
from config.kit.api.resources import WithinReach
from config.kit.api.serializers import Serializer
from config.kit.lib.money import places_error


class PaymentSerializer(serializers.ModelSerializer):
    status = serializers.CharField(source="state", read_only=True)
    amount = AmountField(read_only=True)
    fee_amount = AmountField(read_only=True)
    captured_amount = AmountField(read_only=True)
    refunded_amount = AmountField(read_only=True)
    allocated_amount = AmountField(read_only=True)
    refundable_amount = AmountField(read_only=True)
    account = serializers.CharField(source="account.account_number", read_only=True)
    subscription = serializers.IntegerField(source="subscription.number", read_only=True, allow_null=True)
    bills: Any = serializers.SlugRelatedField(slug_field="number", many=True, read_only=True)

    class Meta:
        model = Payment
        fields = (
            "pk",
            "order_id",
            "status",
            "reason",
            "amount",
            "fee_amount",
            "currency",
            "captured_amount",
            "refunded_amount",
            "allocated_amount",
            "refundable_amount",
            "installments",
            "is_three_d",
            "masked_card",
            "channel",
            "pos",
            "card",
            "payment_method",
            "account",
            "subscription",
            "bills",
            "auth_code",
            "host_reference",
            "transaction_id",
            "route_reason",
            "source",
            "modified_date",
            "created_date",
        )
        read_only_fields = fields


class RefundSerializer(serializers.ModelSerializer):
    status = serializers.CharField(source="state", read_only=True)
    amount = AmountField(read_only=True)

    class Meta:
        model = Refund
        fields = (
            "pk", "payment", "kind", "amount", "reason", "status", "requested_by", "decided_by",
            "modified_date", "created_date",
        )  # fmt: skip
        read_only_fields = fields


class VoidRequestSerializer(Serializer):
    reason = serializers.CharField(max_length=500)


class RefundRequestSerializer(VoidRequestSerializer):
    amount = serializers.DecimalField(
        max_digits=18,
        decimal_places=4,
        required=False,
        min_value=Decimal("0.0001"),
        help_text="In major units; the whole refundable amount if it is missing.",
    )

    def validate_amount(self, value: Decimal) -> Decimal:
        if error := places_error(value, self.context["currency"]):
            raise serializers.ValidationError(error)
        return value


class TimelineSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    who = serializers.CharField()
    details = serializers.DictField()


class PaymentFilter(ResourceFilterSet):
    status = django_filters.ChoiceFilter(field_name="state", choices=PaymentState.choices)
    status__in = ChoiceInFilter(field_name="state", lookup_expr="in", choices=PaymentState.choices)
    bill = NumberFilter(field_name="payment_bills__bill__number")
    subscription = NumberFilter(field_name="subscription__number")
    account = django_filters.CharFilter(field_name="account__account_number")
    bank_reference = django_filters.CharFilter(method="filter_reference", label="Bank reference")

    class Meta:
        model = Payment
        fields = {
            "id": NUMBER_LOOKUPS,
            "order_id": CHOICE_LOOKUPS,
            "pos": CHOICE_LOOKUPS,
            "channel": CHOICE_LOOKUPS,
            "amount": NUMBER_LOOKUPS,
            "currency": CHOICE_LOOKUPS,
            "masked_card": CHOICE_LOOKUPS,
            "is_three_d": FLAG_LOOKUPS,
            "source": CHOICE_LOOKUPS,
            "created_date": DATE_LOOKUPS,
            "modified_date": DATE_LOOKUPS,
        }

    def filter_reference(self, queryset: QuerySet[Payment], name: str, value: str) -> QuerySet[Payment]:
        return queryset.filter(Q(host_reference=value) | Q(transaction_id=value))


class RefundFilter(ResourceFilterSet):
    status = django_filters.ChoiceFilter(field_name="state", choices=RefundState.choices)
    status__in = ChoiceInFilter(field_name="state", lookup_expr="in", choices=RefundState.choices)

    class Meta:
        model = Refund
        fields = {
            "id": NUMBER_LOOKUPS,
            "payment": ["exact"],
            "kind": CHOICE_LOOKUPS,
            "created_date": DATE_LOOKUPS,
        }


class PaymentViewSet(
    IdempotentMixin,
    ListModelMixin,
    mixins.RetrieveModelMixin,
    WithinReach,
    viewsets.GenericViewSet[Payment],
):
    queryset = Payment.objects.select_related("account", "subscription", "pos", "channel").prefetch_related(
        "bills"
    )
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    permission_classes = (ModelPermissions,)

    @extend_schema(request=RefundRequestSerializer, responses={200: RefundSerializer, 202: RefundSerializer})
    @action(detail=True, methods=["post"], permission_classes=[requires("billing.refund_payment")])
    def refund(self, request: Request, pk: str) -> Response:
        """Refund an amount, or the whole refundable amount. 202: it waits for approval or for the bank."""
        return self._refund(request, RefundRequestSerializer, RefundKind.REFUND)

    @extend_schema(request=VoidRequestSerializer, responses={200: RefundSerializer, 202: RefundSerializer})
    @action(detail=True, methods=["post"], permission_classes=[requires("billing.refund_payment")])
    def void(self, request: Request, pk: str) -> Response:
        """Void the whole payment before the bank settles it."""
        return self._refund(request, VoidRequestSerializer, RefundKind.VOID)

    @extend_schema(request=None, responses={200: PaymentSerializer})
    @action(detail=True, methods=["post"], permission_classes=[requires("billing.reconcile_payment")])
    def reconcile(self, request: Request, pk: str) -> Response:
        """Query the payment's status at the bank and book the answer."""
        payment = reconcile.query_status(self.get_object(), user_id=request.user.pk)
        return Response(self.get_serializer(payment).data)

    @extend_schema(responses={200: TimelineSerializer(many=True)}, filters=False)
    @action(detail=True, pagination_class=None)
    def timeline(self, request: Request, pk: str) -> Response:
        """Everything that happened to the payment, in order."""
        return Response(TimelineSerializer(get_timeline(self.get_object()), many=True).data)

    def _refund(
        self, request: Request, serializer_class: type[VoidRequestSerializer], kind: RefundKind
    ) -> Response:
        payment = self.get_object()
        body = serializer_class(data=request.data, context={"currency": payment.currency})
        body.is_valid(raise_exception=True)
        made = refund.refund_payment(
            payment,
            amount=body.validated_data.get("amount"),
            reason=body.validated_data["reason"],
            user_id=request.user.pk,
            kind=kind,
        )
        return _refund_answer(made)


class RefundViewSet(
    IdempotentMixin,
    ListModelMixin,
    mixins.RetrieveModelMixin,
    WithinReach,
    viewsets.GenericViewSet[Refund],
):
    queryset = Refund.objects.select_related("payment__pos", "payment__channel")
    serializer_class = RefundSerializer
    filterset_class = RefundFilter
    permission_classes = (ModelPermissions,)

    @extend_schema(request=None, responses={200: RefundSerializer, 202: RefundSerializer})
    @action(detail=True, methods=["post"], permission_classes=[requires("billing.approve_refund")])
    def approve(self, request: Request, pk: str) -> Response:
        """Approve the refund as a different user than the requester and send it to the bank."""
        return _refund_answer(refund.approve(self.get_object(), user_id=request.user.pk))

    @extend_schema(request=None, responses={200: RefundSerializer})
    @action(detail=True, methods=["post"], permission_classes=[requires("billing.approve_refund")])
    def reject(self, request: Request, pk: str) -> Response:
        """Reject the refund as a different user than the requester and release its amount."""
        return _refund_answer(refund.reject(self.get_object(), user_id=request.user.pk))


def _refund_answer(made: Refund) -> Response:
    """200 with the final result, 202 while the refund waits or its outcome is unknown."""
    is_final = made.state in ("done", "declined", "rejected")
    return Response(RefundSerializer(made).data, status=200 if is_final else 202)
