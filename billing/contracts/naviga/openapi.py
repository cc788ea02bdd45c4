"""OpenAPI of Naviga's paths."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)

from billing.contracts.naviga import serializers as requests
from billing.contracts.naviga.shapes import (
    AddedSerializer,
    EmptyResultSerializer,
    FoundSerializer,
    OldBodySerializer,
    OldFoundSerializer,
    RequestErrorSerializer,
)

TAGS = ["naviga"]
_SCHEME = "navigaToken"


class NavigaSchema(AutoSchema):
    def get_tags(self) -> list[str]:
        return TAGS

    def get_auth(self) -> list[dict[str, list[str]]]:
        """The site's headers are checked by the view (`auth.identify`), not by the framework."""
        scheme = ResolvedComponent(
            name=_SCHEME,
            type=ResolvedComponent.SECURITY_SCHEMA,
            object=_SCHEME,
            schema={
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "A JWT of a user who is for Naviga; also without the word Bearer.",
            },
        )
        self.registry.register_on_missing(scheme)
        return [{_SCHEME: []}]


class PartOfDateExtension(OpenApiSerializerFieldExtension):
    target_class = "billing.contracts.naviga.serializers.PartOfDateField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        field: Any = self.target
        month = r"^\s*(0?[1-9]|1[0-2])\s*$"
        number = {"minimum": 0, "maximum": 9999} if field.year else {"minimum": 1, "maximum": 12}
        text = {"type": "string", "pattern": r"^\s*[0-9]{2}([0-9]{2})?\s*$" if field.year else month}
        return {"anyOf": [text, {"type": "integer", **number}, {"type": "null"}]}


def _header(name: str, text: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=required, description=text)


_HEADERS = [
    _header("X-SourceSystem", "The site's code.", required=True),
    _header("X-MediaGroupCode", "With the next two: the tenant.", required=True),
    _header("X-ClientCode", "See X-MediaGroupCode.", required=True),
    _header("X-PaperCode", "See X-MediaGroupCode.", required=True),
    _header("X-RequestId", "Comes back as RequestId."),
    _header("X-SessionId", "Comes back as SessionId."),
]
_FAULT = PolymorphicProxySerializer(
    component_name="NavigaFault",
    serializers=[EmptyResultSerializer, RequestErrorSerializer],
    resource_type_field_name=None,
)
_REFUSED = {
    401: OpenApiResponse(RequestErrorSerializer, "Invalid Source System. Invalid authorization."),
    500: OpenApiResponse(RequestErrorSerializer, "Something went wrong. Please try again later."),
}
_UNREADABLE = {
    411: OpenApiResponse(RequestErrorSerializer, "The body has no Content-Length."),
    413: OpenApiResponse(RequestErrorSerializer, "The body is too large."),
    415: OpenApiResponse(RequestErrorSerializer, "The body is not JSON."),
}
_NO_PATH = {404: OpenApiResponse(RequestErrorSerializer, "A subscription is a number.")}
_NOT_ADDED = OpenApiResponse(
    _FAULT,
    "A header is missing (`error`), or one of the page's errors: BILLING_01 invalid inputs, Billing_01 subscription "
    "not found, Billing_02 the tenant has no configuration, Billing_03 billing address not found, Billing_04 and "
    "Billing_05 the event could not be written, Billing_06 the payment method could not be saved.",
)
_NOT_FOUND = {
    400: OpenApiResponse(_FAULT, "A header is missing, or Billing_01: no such subscription."),
    404: OpenApiResponse(_FAULT, "Payments_05: no such payment method of this tenant; or no such path."),
}
_SAMPLE = {
    "SubscriptionId": 20,
    "BillingAddressId": 1859629,
    "BillingSystemPaymentMethodId": "test",
    "HolderName": "Name Test",
    "CreditCard": {
        "CreditCardType": 2,
        "CreditCardNumber": "4111********1111",
        "CreditCardExpirationYear": "2040",
        "CreditCardExpirationMonth": "06",
    },
    "PaymentMethodType": 1,
    "PaymentGatewayToken": "ASFWE234234",
    "PaymentGatewayCustomerId": "HKUSDYISD",
}
_OLD_SAMPLE = {
    "PaymentMethod": {
        "ExternalPaymentMethodId": "test",
        "AccountHolder": "Name Test",
        "PaymentMethodType": 1,
        "ExternalToken": "ASFWE234234",
        "CreditCard": {
            "CardType": 2,
            "CreditCardNumber": "4111********1111",
            "ExpirationYear": "2040",
            "ExpirationMonth": "06",
        },
    },
}


def _sample(value: dict[str, Any]) -> list[OpenApiExample]:
    return [OpenApiExample("A card", value, request_only=True)]


add = extend_schema(
    operation_id="naviga_add_payment_method",
    summary="Add a payment method",
    request=requests.PaymentMethodSerializer,
    responses={200: AddedSerializer, 400: _NOT_ADDED, **_REFUSED, **_UNREADABLE},
    parameters=_HEADERS,
    examples=_sample(_SAMPLE),
)
add_old = extend_schema(
    operation_id="naviga_add_payment_method_old",
    summary="Add a payment method (old body)",
    request=OldBodySerializer,
    responses={200: AddedSerializer, 400: _NOT_ADDED, **_NO_PATH, **_REFUSED, **_UNREADABLE},
    parameters=_HEADERS,
    examples=_sample(_OLD_SAMPLE),
)
read = extend_schema(
    operation_id="naviga_get_payment_method",
    summary="Read a payment method",
    responses={200: FoundSerializer, **_NOT_FOUND, **_REFUSED},
    parameters=_HEADERS,
)
read_old = extend_schema(
    operation_id="naviga_get_payment_method_old",
    summary="Read a payment method (old body)",
    responses={200: OldFoundSerializer, **_NOT_FOUND, **_REFUSED},
    parameters=_HEADERS,
)
