"""OpenAPI of Paywall's path."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    inline_serializer,
)
from rest_framework import serializers

from vault.contracts.paywall import serializers as requests

TAGS = ["paywall"]


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "vault.contracts.paywall.auth.KeyAuthentication"
    name = ["apikeyprivate", "apiclientprivate"]  # both are needed

    def get_security_definition(self, auto_schema: AutoSchema) -> Any:
        return [
            {"type": "apiKey", "in": "header", "name": name, "description": "Of a merchant's pair of keys."}
            for name in self.name
        ]


class PaywallSchema(AutoSchema):
    def _get_request_body(self, direction: str = "request") -> Any:
        """Describes the body of DELETE, which drf-spectacular leaves out."""
        if self.method != "DELETE":
            return super()._get_request_body(direction)
        self.method = "POST"
        try:
            return super()._get_request_body(direction)
        finally:
            self.method = "DELETE"

    def get_tags(self) -> list[str]:
        return TAGS


class DetailsSerializer(serializers.Serializer):
    """From the BIN table; null for an unknown BIN."""

    CardBankId = serializers.IntegerField(allow_null=True)
    CardBank = serializers.CharField(allow_null=True)
    CardBrandId = serializers.IntegerField(allow_null=True)
    CardBrand = serializers.CharField(allow_null=True)
    CardFamilyId = serializers.IntegerField(allow_null=True)
    CardFamily = serializers.CharField(allow_null=True)
    CardKindId = serializers.IntegerField(allow_null=True)
    CardKind = serializers.CharField(allow_null=True)
    CardTypeId = serializers.IntegerField(allow_null=True)
    CardType = serializers.CharField(allow_null=True)


class StoredCardSerializer(serializers.Serializer):
    Scope = serializers.IntegerField()
    Name = serializers.CharField()
    Identity = serializers.CharField(help_text="Masked: 176****298.")
    CardBin = serializers.CharField()
    CardLastFour = serializers.CharField()
    CardHolderName = serializers.CharField()
    CardTypeId = serializers.IntegerField(allow_null=True)
    CardType = serializers.CharField(allow_null=True)
    Month = serializers.IntegerField()
    Year = serializers.IntegerField()
    UniqueCode = serializers.CharField(help_text="The only handle of the card.")
    Details = DetailsSerializer(allow_null=True)


class ListedCardSerializer(StoredCardSerializer):
    Expired = serializers.BooleanField()


for _name, _serializer in {
    "PaywallSave": requests.SaveSerializer,
    "PaywallCard": requests.CardSerializer,
    "PaywallUpdate": requests.UpdateSerializer,
    "PaywallDelete": requests.HandleSerializer,
    "PaywallDetails": DetailsSerializer,
    "PaywallStoredCard": StoredCardSerializer,
    "PaywallListedCard": ListedCardSerializer,
}.items():
    extend_schema_serializer(component_name=_name)(_serializer)


def _answer(name: str, body: serializers.Field) -> Any:
    fields: dict[str, Any] = {
        "ErrorCode": serializers.IntegerField(),
        "Result": serializers.BooleanField(),
        "Message": serializers.CharField(),
        "Body": body,
    }
    return inline_serializer(f"Paywall{name}Answer", fields)


_FAILURE = _answer("Failure", serializers.DictField(child=serializers.ListField(), allow_null=True))
_FAILURES = {
    400: OpenApiResponse(
        _FAILURE, "ErrorCode 2 with field → messages; a single fault may have its own code."
    ),
    401: OpenApiResponse(_FAILURE, "Keys missing (ErrorCode 4) or wrong (401)."),
    411: OpenApiResponse(_FAILURE, "The body has no Content-Length."),
    413: OpenApiResponse(_FAILURE, "The body is too large."),
    415: OpenApiResponse(_FAILURE, "The body is not JSON."),
    429: OpenApiResponse(_FAILURE, "Too many wrong keys."),
    500: OpenApiResponse(_FAILURE, "Something went wrong."),
}
_NOT_FOUND = {404: OpenApiResponse(_FAILURE, "ErrorCode 22: no such card of this merchant.")}
_TAKEN = {409: OpenApiResponse(_FAILURE, "The card is already stored with this expiry date.")}
_CARD = _answer("Card", StoredCardSerializer())
_SAMPLE = {
    "RelationalId1": "003",
    "RelationalId2": None,
    "RelationalId3": None,
    "Card": {
        "Nickname": "test kartı",
        "HolderName": "Test Kartı",
        "CardBin": "41197901",
        "CardLastFour": "6389",
        "Identity": "17654932298",
        "Month": 11,
        "Year": 2040,
    },
    "IncludeDetails": True,
}
_HANDLE = {"RelationalId1": "003", "RelationalId2": None, "RelationalId3": None, "UniqueCode": "…"}


def _header(name: str, text: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text, **more)


_LOCALE = [
    _header("locale", "Language of messages: tr-TR or en-US. Turkish for any other."),
]
_RELATION = [
    OpenApiParameter(
        "relationalid1",
        {"type": "string", "minLength": 1, "pattern": r"\S"},
        OpenApiParameter.HEADER,
        description="As given at saving.",
        required=True,
    ),
    _header("relationalid2", "As given at saving."),
    _header("relationalid3", "As given at saving."),
    _header("includedetails", "Details from the BIN table.", enum=["true", "false"]),
]

save = extend_schema(
    operation_id="paywall_save",
    summary="Store a card, or find it where it is stored",
    request=requests.SaveSerializer,
    responses={200: _CARD, **_FAILURES},
    parameters=_LOCALE,
    examples=[OpenApiExample("Printed sample", _SAMPLE, request_only=True)],
)
find = extend_schema(
    operation_id="paywall_list",
    summary="The cards of a relation",
    responses={200: _answer("List", ListedCardSerializer(many=True)), **_FAILURES},
    parameters=[*_RELATION, *_LOCALE],
)
change = extend_schema(
    operation_id="paywall_update",
    summary="Change a card's expiry",
    request=requests.UpdateSerializer,
    responses={200: _CARD, **_FAILURES, **_NOT_FOUND, **_TAKEN},
    parameters=_LOCALE,
    examples=[OpenApiExample("A later expiry", {**_HANDLE, "Month": 12, "Year": 2041}, request_only=True)],
)
remove = extend_schema(
    operation_id="paywall_delete",
    summary="Delete a card",
    request=requests.HandleSerializer,
    responses={200: _answer("Empty", serializers.DictField(allow_null=True)), **_FAILURES, **_NOT_FOUND},
    parameters=_LOCALE,
    examples=[OpenApiExample("One card", _HANDLE, request_only=True)],
)
