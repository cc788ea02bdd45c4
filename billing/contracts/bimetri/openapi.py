"""OpenAPI of Bimetri's paths."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers

from billing.contracts.bimetri import serializers as requests
from billing.contracts.bimetri.errors import names_of_status

TAGS = ["bimetri"]


class BimetriSchema(AutoSchema):
    def get_tags(self) -> list[str]:
        return TAGS


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "billing.contracts.bimetri.auth.BimetriAuthentication"
    name = "bimetriToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `token` of `/api/auth/login`.",
        }


class DigitsExtension(OpenApiSerializerFieldExtension):
    target_class = "billing.contracts.bimetri.serializers.DigitsField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        field: Any = self.target
        return {"type": "string", "pattern": f"^[0-9]{{{field.shortest},{field.longest}}}$"}


class BillNumbersExtension(OpenApiSerializerFieldExtension):
    target_class = "billing.contracts.bimetri.serializers.BillNumbersField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        field: Any = self.target
        number = {"type": "integer", "minimum": 1, "maximum": requests.INT32}
        return {
            "type": "array",
            "items": number,
            "minItems": 1,
            "maxItems": field.max_length,
            "uniqueItems": True,
        }


class SuccessSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=["200", "201"])
    reason = serializers.CharField()
    message = serializers.CharField(help_text="With code 201 the whole page that posts to the bank.")
    status = serializers.ChoiceField(choices=["ok"])


class ErrorSerializer(serializers.Serializer):
    statusCode = serializers.IntegerField()
    error = serializers.CharField(help_text="A name that ends in Exception.")
    message = serializers.CharField()
    path = serializers.CharField()


class MoneySerializer(serializers.Serializer):
    unit = serializers.CharField(help_text="TL for Turkish lira, else ISO 4217.")
    value = serializers.FloatField()


class BillSerializer(serializers.Serializer):
    id = serializers.CharField()
    href = serializers.URLField()
    billDate = serializers.DateField()
    billNo = serializers.CharField()
    paymentDueDate = serializers.DateField()
    paymentDate = serializers.DateField(allow_null=True)
    amountDue = MoneySerializer()
    state = serializers.ChoiceField(choices=["open", "paid", "settled", "canceled"])


class BalanceSerializer(serializers.Serializer):
    balanceType = serializers.ChoiceField(
        choices=["TotalAmount", "TotalPaidAmount", "TotalCurrentAmount", "TotalRemainderAmount"]
    )
    amount = serializers.FloatField()


class OrganizationSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class LoginAnswerSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Valid for a day, with rememberMe for 90.")
    userId = serializers.IntegerField()
    emailAddress = serializers.CharField()
    screenName = serializers.CharField()
    localeId = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    organizations = OrganizationSerializer(many=True)
    organizationIds = serializers.ListField(child=serializers.IntegerField())


for _name, _serializer in {
    "BimetriAddPayment": requests.AddPaymentSerializer,
    "BimetriRegisteredCard": requests.RegisteredCardSerializer,
    "BimetriLogin": requests.LoginSerializer,
    "BimetriSubscription": requests.SubscriptionSerializer,
    "BimetriBillQuery": requests.BillQuerySerializer,
    "BimetriSuccess": SuccessSerializer,
    "BimetriError": ErrorSerializer,
    "BimetriMoney": MoneySerializer,
    "BimetriBill": BillSerializer,
    "BimetriBalance": BalanceSerializer,
    "BimetriOrganization": OrganizationSerializer,
    "BimetriLoginAnswer": LoginAnswerSerializer,
}.items():
    extend_schema_serializer(component_name=_name)(_serializer)

_ALWAYS = (400, 401, 411, 413, 415, 500)
"""Statuses that every POST may be answered with."""


def _failures(*statuses: int) -> dict[int, OpenApiResponse]:
    return {
        status: OpenApiResponse(ErrorSerializer, f"`error` is {_or(names_of_status(status))}.")
        for status in sorted({*_ALWAYS, *statuses})
    }


def _or(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


_SAMPLE = {
    "CardExpireMonth": "02",
    "CardExpireYear": "2040",
    "CardNumber": "123234345456",
    "CardOwnerName": "Ali Veli",
    "Cvc": "326",
    "Installment": 1,
    "bill": [54321, 123123],
    "phoneNumber": "5321234567",
    "subscriptionId": 458752,
    "threeD": 0,
}
_SUCCESS = {"code": "200", "reason": "Success", "message": "Payment Success", "status": "ok"}
_PAID = OpenApiResponse(
    SuccessSerializer, "Paid.", [OpenApiExample("Printed sample", _SUCCESS, response_only=True)]
)
_THREE_D = OpenApiResponse(
    SuccessSerializer,
    "Nothing is paid yet: `message` is a whole HTML page that the payer's browser has to show. It posts to the bank.",
)
_ORGANIZATION = OpenApiParameter(
    "OrganizationId",
    int,
    OpenApiParameter.HEADER,
    required=True,
    description="The same organization as in the body.",
)

log_in = extend_schema(
    operation_id="bimetri_login",
    summary="Log in",
    request=requests.LoginSerializer,
    responses={200: LoginAnswerSerializer, **_failures(429)},
)
log_out = extend_schema(
    operation_id="bimetri_logout",
    summary="End the token that is sent",
    request=None,
    responses={200: SuccessSerializer, **_failures()},
)
add_payment = extend_schema(
    operation_id="addPaymentUsingPOST",
    summary="Add payment with bank card information",
    request=requests.AddPaymentSerializer,
    responses={200: _PAID, 201: _THREE_D, **_failures(404, 429)},
    examples=[OpenApiExample("Printed sample", _SAMPLE, request_only=True)],
)
add_registered = extend_schema(
    operation_id="bimetri_pay_with_registered_card",
    summary="Pay with the subscriber's stored payment method",
    request=requests.RegisteredCardSerializer,
    responses={200: _PAID, 201: _THREE_D, **_failures(404, 429)},
    examples=[
        OpenApiExample(
            "One bill", {"subscriptionId": 458752, "bill": [54321], "installment": 1}, request_only=True
        )
    ],
)
list_bills = extend_schema(
    operation_id="bimetri_list_bills",
    summary="Bills of a subscription",
    request=requests.BillQuerySerializer,
    responses={200: BillSerializer(many=True), **_failures(404)},
    parameters=[_ORGANIZATION],
    examples=[
        OpenApiExample(
            "Half a year",
            {"organizationId": 1, "subscriptionId": 458752, "monthFilter": 6},
            request_only=True,
        )
    ],
)
show_balance = extend_schema(
    operation_id="bimetri_bill_information",
    summary="Sums of a subscription's bills",
    request=requests.SubscriptionSerializer,
    responses={200: BalanceSerializer(many=True), **_failures(404)},
    parameters=[_ORGANIZATION],
    examples=[
        OpenApiExample("One subscription", {"organizationId": 1, "subscriptionId": 458752}, request_only=True)
    ],
)
