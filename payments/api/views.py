"""The resources of the Omnitron contract: shapes in, services, shapes out."""

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.kit.api.lists import ListModelMixin
from config.kit.api.query import validated_parameters
from config.kit.api.resources import FullResourceViewSet, ResourceViewSet
from config.kit.identity.service_control import ask_for_approval
from payments import routing, services
from payments.api import examples, filters, serializers
from payments.api.bulk import (
    BankBulkQuerySerializer,
    BulkFileSerializer,
    BulkQuerySerializer,
    import_into_card,
    import_into_channel,
)
from payments.api.clone import CloneSerializer
from payments.api.imports import ImportJobSerializer
from payments.api.match import MatchQuerySerializer, MatchSerializer
from payments.errors import NoCardMatchedError
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

PREFER = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER,
    description="`respond-async`: a worker imports the file, the answer is 202 with the job (RFC 7240).",
)  # fmt: skip


def bulk_schema(query: type[BulkQuerySerializer], shown: list[OpenApiExample]) -> Any:
    """How OpenAPI describes an upload. The answer is streamed, so it is JSON whatever was asked for."""
    answer = OpenApiResponse(OpenApiTypes.OBJECT, "Status of each row by name or BIN.", shown)
    return extend_schema(
        parameters=[query, PREFER],
        request={"multipart/form-data": BulkFileSerializer},
        responses={(200, "application/json"): answer, 202: ImportJobSerializer},
    )


class ChannelViewSet(FullResourceViewSet):
    queryset = Channel.objects.all()
    serializer_class = serializers.ChannelSerializer
    filterset_class = filters.ChannelFilter


class POSViewSet(FullResourceViewSet):
    queryset = POS.objects.all()
    serializer_class = serializers.POSSerializer
    filterset_class = filters.PosFilter
    refusals = examples.POS_REFUSALS

    @extend_schema(request=CloneSerializer, responses={201: serializers.POSSerializer})
    @action(detail=True, methods=["post"])
    def clone(self, request: Request, pk: str) -> Response:
        """Copy a POS to another channel or slug, without its secrets."""
        pos = self.get_object()
        body = CloneSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        copy = services.pos.clone(pos, **body.arguments(pos))
        ask_for_approval(services.pos, copy, user_id=request.user.pk)
        return Response(self.get_serializer(copy).data, status=status.HTTP_201_CREATED)


class BankViewSet(FullResourceViewSet):
    queryset = Bank.objects.all()
    serializer_class = serializers.BankSerializer
    filterset_class = filters.BankFilter
    refusals = examples.BANK_REFUSALS

    @bulk_schema(BankBulkQuerySerializer, examples.BANK_BULK)
    @action(detail=False, methods=["post"])
    def bulk_create(self, request: Request) -> HttpResponseBase:
        """Create banks from a CSV or XLSX file (name, slug, logo as URL) and answer the status of each by its name."""
        query = validated_parameters(request, BankBulkQuerySerializer)
        return import_into_channel(request, query["channel_id"], dry_run=query["dry_run"])


class CardTypeViewSet(FullResourceViewSet):
    queryset = CardType.objects.all()
    serializer_class = serializers.CardTypeSerializer
    filterset_class = filters.CardTypeFilter
    refusals = examples.CARD_TYPE_REFUSALS


class CardViewSet(FullResourceViewSet):
    queryset = Card.objects.all()
    serializer_class = serializers.CardSerializer
    filterset_class = filters.CardFilter
    refusals = examples.CARD_REFUSALS

    @bulk_schema(BulkQuerySerializer, examples.BIN_BULK)
    @action(detail=True, methods=["post"], permission_model=BinNumber)
    def bulk_create(self, request: Request, pk: str) -> HttpResponseBase:
        """Create BINs of the card from a file, one a line, and answer the status of each."""
        query = validated_parameters(request, BulkQuerySerializer)
        return import_into_card(request, self.get_object(), dry_run=query["dry_run"])


class MultiCurrencyCardViewSet(FullResourceViewSet):
    queryset = MultiCurrencyCard.objects.all()
    serializer_class = serializers.MultiCurrencyCardSerializer
    filterset_class = filters.MultiCurrencyCardFilter


class BinNumberViewSet(FullResourceViewSet):
    queryset = BinNumber.objects.all()
    serializer_class = serializers.BinNumberSerializer
    filterset_class = filters.BinNumberFilter
    refusals = examples.BIN_NUMBER_REFUSALS

    @extend_schema(parameters=[MatchQuerySerializer], responses={200: MatchSerializer}, filters=False)
    @action(detail=False, pagination_class=None)
    def match(self, request: Request) -> Response:
        """Card, installments and POS for the first 6 to 8 digits of a card's number."""
        try:
            match = routing.match(**validated_parameters(request, MatchQuerySerializer))
        except NoCardMatchedError:
            raise NotFound("No card of the channel matches.") from None
        return Response(MatchSerializer(match).data)


class InstallmentViewSet(FullResourceViewSet):
    queryset = Installment.objects.all()
    serializer_class = serializers.InstallmentSerializer
    filterset_class = filters.InstallmentFilter
    refusals = examples.INSTALLMENT_REFUSALS


class BankAccountViewSet(FullResourceViewSet):
    """DELETE switches an account off: transfers of the past name it."""

    queryset = BankAccount.objects.order_by("sort_order", "pk")
    serializer_class = serializers.BankAccountSerializer
    filterset_class = filters.BankAccountFilter
    refusals = examples.BANK_ACCOUNT_REFUSALS


class PaymentOptionViewSet(
    ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    ResourceViewSet,
):
    """No DELETE: an option is switched off by `is_active`."""

    queryset: QuerySet[PaymentOption] = PaymentOption.objects.all()
    serializer_class = serializers.PaymentOptionSerializer
    filterset_class = filters.PaymentOptionFilter
    refusals = examples.PAYMENT_OPTION_REFUSALS
