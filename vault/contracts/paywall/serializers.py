"""Bodies of Paywall's requests. Messages never repeat a value that was sent."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from stdnum.tr import tckimlik, vkn

from config.kit.api.serializers import Serializer
from config.kit.lib import days
from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number
from vault.contracts.paywall import errors
from vault.contracts.paywall.mapping import is_expired

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FIELD_CODES = {"HolderName": errors.OWNER, "Month": errors.MONTH, "Year": errors.YEAR}


class TextField(serializers.CharField):
    """One line of text without a card number. An empty text counts as null where null is allowed."""

    default_error_messages = {
        "control": _("Control characters are not allowed."),
        "card_number": _("A number of 12 or more digits does not belong here."),
    }

    holds_card_number = staticmethod(holds_card_number)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=bool(kwargs.get("allow_null")), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, (int, float)):
            self.fail("invalid")
        value = super().to_internal_value(data)
        if _CONTROL.search(value):
            self.fail("control")
        # Too long a text is refused by its length, before anybody reads it.
        if len(value) <= (self.max_length or 0) and self.holds_card_number(value):
            self.fail("card_number")
        return value


class IdField(TextField):
    """An id of the merchant's own system."""

    holds_card_number = staticmethod(holds_bare_card_number)


class RelationSerializer(Serializer):
    RelationalId1 = IdField(max_length=128)
    RelationalId2 = IdField(max_length=128, required=False, allow_null=True)
    RelationalId3 = IdField(max_length=128, required=False, allow_null=True)


class ExpirySerializer(Serializer):
    Month = serializers.IntegerField(min_value=1, max_value=12)
    Year = serializers.IntegerField(
        min_value=1000,
        max_value=9999,
        error_messages={"min_value": _("Enter 4 digits."), "max_value": _("Enter 4 digits.")},
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if is_expired(attrs["Month"], attrs["Year"], days.today()):
            raise serializers.ValidationError({"Year": [_("The card has expired.")]}, code="expired")
        return attrs


class CardSerializer(ExpirySerializer):
    Nickname = TextField(max_length=100)
    HolderName = TextField(min_length=2, max_length=100)
    CardBin = serializers.RegexField(
        r"\A([0-9]{6}|[0-9]{8})\Z", error_messages={"invalid": _("Enter 6 or 8 digits.")}
    )
    CardLastFour = serializers.RegexField(r"\A[0-9]{4}\Z", error_messages={"invalid": _("Enter 4 digits.")})
    Identity = serializers.RegexField(
        r"\A[0-9]{10,11}\Z",
        error_messages={"invalid": _("Enter an identity number (11 digits) or a tax number (10).")},
    )

    def validate_Identity(self, value: str) -> str:
        check = tckimlik if len(value) == 11 else vkn
        if not check.is_valid(value):
            raise serializers.ValidationError(_("The check digits do not hold."), code=_identity_code(value))
        return value


class SaveSerializer(RelationSerializer):
    Card = CardSerializer()
    IncludeDetails = serializers.BooleanField(default=False, allow_null=True)


class HandleSerializer(RelationSerializer):
    """Identifies one stored card."""

    UniqueCode = serializers.CharField(max_length=200)


class UpdateSerializer(HandleSerializer, ExpirySerializer):
    pass


class ListSerializer(RelationSerializer):
    """The headers of a list, by the names of the body's fields."""

    IncludeDetails = serializers.BooleanField(default=False)


def validated(serializer: serializers.Serializer) -> dict[str, Any]:
    """Raises PaywallError with all faults."""
    if serializer.is_valid():
        return serializer.validated_data
    faults = _flat(serializer.errors)
    raise errors.invalid_request(faults, _error_code(serializer.errors, faults))


def _flat(detail: Any) -> dict[str, list[str]]:
    """Field → messages, with the fields of `Card` on the same level as the others."""
    found: dict[str, list[str]] = {}
    for name, inner in detail.items():
        if isinstance(inner, dict):
            found |= _flat(
                {name if key == "non_field_errors" else key: value for key, value in inner.items()}
            )
        else:
            found["Body" if name == "non_field_errors" else name] = [str(message) for message in inner]
    return found


def _error_code(detail: Any, faults: dict[str, list[str]]) -> int:
    """The specific code if there is exactly one fault and it has one, else the code for invalid input."""
    if len(faults) > 1:
        return errors.INVALID
    (name,) = faults
    fault = (detail.get("Card") or detail)[name][0] if name in (detail.get("Card") or detail) else None
    code = getattr(fault, "code", "")
    if code == "expired":
        return errors.EXPIRED
    if name == "Identity":
        return errors.TAX_NUMBER if code == "tax_number" else errors.IDENTITY
    return _FIELD_CODES.get(name, errors.INVALID)


def _identity_code(value: str) -> str:
    return "identity" if len(value) == 11 else "tax_number"
