"""Shapes of Naviga's answers, and of its old body, for OpenAPI."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from billing.contracts.naviga import serializers as requests
from billing.models import BankAccountType, MethodKind
from billing.payment_method_rules import MAX_SECRET, max_length


class ErrorTypeSerializer(serializers.Serializer):
    Id = serializers.IntegerField()
    Code = serializers.CharField()


class ErrorSerializer(serializers.Serializer):
    Message = serializers.CharField()
    Code = serializers.CharField()
    Type = ErrorTypeSerializer()
    ErrorSource = serializers.CharField(allow_null=True)


class EnvelopeSerializer(serializers.Serializer):
    Code = serializers.IntegerField(
        help_text="200, or the page's code of the error; it may differ from the status."
    )
    Errors = ErrorSerializer(many=True)
    SessionId = serializers.CharField(allow_null=True, help_text="X-SessionId, echoed.")
    RequestId = serializers.CharField(allow_null=True, help_text="X-RequestId, echoed.")


class EmptyResultSerializer(EnvelopeSerializer):
    Result = serializers.DictField(allow_null=True)


class NewIdSerializer(serializers.Serializer):
    PaymentMethodId = serializers.IntegerField()


class StoredCardSerializer(serializers.Serializer):
    CreditCardType = serializers.IntegerField(allow_null=True)
    CreditCardNumber = serializers.CharField(help_text="Masked.")
    CreditCardExpirationYear = serializers.IntegerField(allow_null=True)
    CreditCardExpirationMonth = serializers.IntegerField(allow_null=True)
    CardOwner = serializers.CharField()
    IsExpired = serializers.BooleanField()
    TypeFitsNumber = serializers.BooleanField(
        allow_null=True, help_text="Whether the first digits are CreditCardType's."
    )


class StoredBankAccountSerializer(serializers.Serializer):
    BankAccountNumber = serializers.CharField(help_text="Masked.")
    BankAccountType = serializers.ChoiceField(choices=BankAccountType.choices, allow_null=True)
    BankName = serializers.CharField()
    BankRoutingNumber = serializers.CharField(help_text="Masked.")


class StoredMethodSerializer(serializers.Serializer):
    PaymentMethodId = serializers.IntegerField()
    SubscriptionId = serializers.IntegerField(allow_null=True)
    BillingAddressId = serializers.IntegerField()
    BillingSystemPaymentMethodId = serializers.CharField(allow_null=True)
    HolderName = serializers.CharField()
    CreditCard = StoredCardSerializer(allow_null=True)
    BankAccount = StoredBankAccountSerializer(allow_null=True)
    PaymentMethodType = serializers.ChoiceField(choices=MethodKind.choices)
    PaymentMethodTypeName = serializers.CharField()
    PaymentGatewayCustomerId = serializers.CharField(allow_null=True)
    PaymentGatewayToken = serializers.CharField(allow_null=True, help_text="Masked.")
    IsDefault = serializers.BooleanField()
    IsActive = serializers.BooleanField()


class OldStoredCardSerializer(serializers.Serializer):
    CardType = serializers.IntegerField(allow_null=True)
    CreditCardType = serializers.IntegerField(allow_null=True)
    CreditCardNumber = serializers.CharField(help_text="Masked.")
    ExpirationYear = serializers.IntegerField(allow_null=True)
    ExpirationMonth = serializers.IntegerField(allow_null=True)
    CardSecurityCode = serializers.CharField(allow_blank=True, help_text="Always empty.")
    CardOwner = serializers.CharField()
    LastFourDigits = serializers.CharField()
    IsExpired = serializers.BooleanField()
    TypeFitsNumber = serializers.BooleanField(allow_null=True)


class OldStoredMethodSerializer(serializers.Serializer):
    PaymentMethodId = serializers.IntegerField()
    ExternalPaymentMethodId = serializers.CharField(allow_null=True)
    PaymentMethodType = serializers.ChoiceField(choices=MethodKind.choices)
    PaymentMethodTypeName = serializers.CharField()
    PlatformSpecificTypeName = serializers.CharField(allow_null=True)
    AccountHolder = serializers.CharField()
    CreditCard = OldStoredCardSerializer(allow_null=True)
    BankAccount = StoredBankAccountSerializer(allow_null=True)
    PayPalInfo = serializers.DictField(allow_null=True)
    OfflinePayment = serializers.DictField(allow_null=True)
    BillingAddress = serializers.DictField(allow_null=True)
    PaymentSource = serializers.DictField(allow_null=True)
    TermsAndConditionsAccepted = serializers.BooleanField()
    ExternalToken = serializers.CharField(allow_null=True, help_text="Masked.")
    ExternalCustomerId = serializers.CharField(allow_null=True)
    IsDefault = serializers.BooleanField()
    IsActive = serializers.BooleanField()


class AddedSerializer(EnvelopeSerializer):
    Result = NewIdSerializer()


class FoundSerializer(EnvelopeSerializer):
    Result = StoredMethodSerializer()


class OldFoundSerializer(EnvelopeSerializer):
    Result = OldStoredMethodSerializer()


class RequestErrorSerializer(serializers.Serializer):
    """About the request itself: a header is missing or wrong, or it could not be read at all."""

    error = serializers.CharField()


class OldCardSerializer(serializers.Serializer):
    CardType = serializers.IntegerField(min_value=0, max_value=5, required=False, allow_null=True)
    CreditCardType = serializers.IntegerField(min_value=0, max_value=5, required=False, allow_null=True)
    CreditCardNumber = serializers.CharField(max_length=64, help_text="Masked: 4111********1111.")
    ExpirationYear = requests.PartOfDateField(year=True)
    ExpirationMonth = requests.PartOfDateField(year=False)
    CardOwner = serializers.CharField(max_length=max_length("card_owner"), required=False, allow_null=True)


class AccountInfoSerializer(serializers.Serializer):
    SubscriptionId = serializers.IntegerField(
        required=False, allow_null=True, help_text="The one of the path, 0 or nothing."
    )


class OldAddressSerializer(serializers.Serializer):
    AddressId = requests.identifier()


class OldMethodSerializer(serializers.Serializer):
    ExternalPaymentMethodId = requests.IdField(max_length("external_id"))
    AccountHolder = requests.TextField(max_length("holder_name"))
    CreditCard = OldCardSerializer(required=False, allow_null=True)
    BankAccount = requests.BankAccountSerializer(required=False, allow_null=True)
    BillingAddress = OldAddressSerializer(required=False, allow_null=True)
    PaymentMethodType = serializers.ChoiceField(choices=MethodKind.choices, required=False, allow_null=True)
    ExternalToken = requests.IdField(MAX_SECRET)
    ExternalCustomerId = requests.IdField(max_length("gateway_customer_id"))
    IsDefault = serializers.BooleanField(required=False, allow_null=True)


class OldBodySerializer(serializers.Serializer):
    """The old body; the view converts it (`mapping.read_old_body`)."""

    AccountInfo = AccountInfoSerializer(required=False, allow_null=True)
    BillingAddressId = requests.identifier()
    PaymentMethod = OldMethodSerializer()


for _name, _serializer in {
    "NavigaPaymentMethod": requests.PaymentMethodSerializer,
    "NavigaCreditCard": requests.CreditCardSerializer,
    "NavigaBankAccount": requests.BankAccountSerializer,
    "NavigaErrorType": ErrorTypeSerializer,
    "NavigaError": ErrorSerializer,
    "NavigaFailure": EmptyResultSerializer,
    "NavigaRequestError": RequestErrorSerializer,
    "NavigaNewId": NewIdSerializer,
    "NavigaAdded": AddedSerializer,
    "NavigaStoredCard": StoredCardSerializer,
    "NavigaStoredBankAccount": StoredBankAccountSerializer,
    "NavigaStoredMethod": StoredMethodSerializer,
    "NavigaFound": FoundSerializer,
    "NavigaOldStoredCard": OldStoredCardSerializer,
    "NavigaOldStoredMethod": OldStoredMethodSerializer,
    "NavigaOldFound": OldFoundSerializer,
    "NavigaOldCard": OldCardSerializer,
    "NavigaAccountInfo": AccountInfoSerializer,
    "NavigaOldAddress": OldAddressSerializer,
    "NavigaOldMethod": OldMethodSerializer,
    "NavigaOldBody": OldBodySerializer,
}.items():
    extend_schema_serializer(component_name=_name)(_serializer)
