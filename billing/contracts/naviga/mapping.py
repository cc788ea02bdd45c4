"""Naviga's fields and ours. Pure."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from billing.models import BillingAddress, MethodKind, PaymentMethod
from billing.payment_method_rules import guess_brand
from config.kit.lib.card_brands import CardBrand

BRANDS = {
    1: CardBrand.AMERICAN_EXPRESS,
    2: CardBrand.VISA,
    3: CardBrand.MASTERCARD,
    4: CardBrand.DINERS,
    5: CardBrand.DISCOVER,
}
"""CreditCardType."""

_TYPES: dict[str, int] = {brand: number for number, brand in BRANDS.items()}
_KIND_NAMES = {kind: kind.name.title().replace("_", "") for kind in MethodKind} | {
    MethodKind.PAYPAL: "PayPal",
    MethodKind.PAYPAL_EXPRESS: "PayPalExpress",
    MethodKind.ITUNES: "iTunes",
}

Json = dict[str, Any]

# True is a wish: a method that can't be charged is stored, but not as the default.
_DEFAULT_FLAGS: dict[bool | None, Json] = {
    None: {},
    True: {"is_preferred": True},
    False: {"is_default": False},
}


def envelope(
    request: Request, *, code: int = 200, errors: list[Json] | None = None, result: Json | None = None
) -> Json:
    """The envelope of answers. Session and request id are echoed."""
    return {
        "Code": code,
        "Errors": errors or [],
        "Result": result,
        "SessionId": request.headers.get("X-SessionId") or None,
        "RequestId": request.headers.get("X-RequestId") or None,
    }


def read_new_body(body: Json) -> Json:
    """Accepts the owner also as `PaymentMethod.CreditCard.CardOwner`, as the page's list of fields has it."""
    owner = _block(_block(body, "PaymentMethod"), "CreditCard").get("CardOwner")
    card = body.get("CreditCard")
    return {**body, "CreditCard": {"CardOwner": owner, **card}} if owner and isinstance(card, dict) else body


def read_old_body(body: Json, subscription_id: int) -> Json:
    """The old body with the new body's fields. Raises ValueError if it names another subscription than the path."""
    method = _block(body, "PaymentMethod")
    if _block(body, "AccountInfo").get("SubscriptionId") not in (
        None,
        0,
        subscription_id,
        str(subscription_id),
    ):
        raise ValueError("two subscriptions")
    card = method.get("CreditCard")
    if isinstance(card, dict):
        card = {
            "CreditCardType": card.get("CreditCardType") or card.get("CardType") or None,
            "CreditCardNumber": card.get("CreditCardNumber"),
            "CreditCardExpirationYear": card.get("ExpirationYear"),
            "CreditCardExpirationMonth": card.get("ExpirationMonth"),
            "CardOwner": card.get("CardOwner"),
        }
    return {
        "SubscriptionId": subscription_id,
        "BillingAddressId": body.get("BillingAddressId") or _block(method, "BillingAddress").get("AddressId"),
        "BillingSystemPaymentMethodId": method.get("ExternalPaymentMethodId"),
        "HolderName": method.get("AccountHolder"),
        "CreditCard": card,
        "BankAccount": method.get("BankAccount"),
        "PaymentMethodType": method.get("PaymentMethodType"),
        "PaymentGatewayCustomerId": method.get("ExternalCustomerId"),
        "PaymentGatewayToken": method.get("ExternalToken"),
        "IsDefault": method.get("IsDefault"),
    }


def payment_method_fields(data: Mapping[str, Any], *, address: BillingAddress | None, gateway: str) -> Json:
    """Fields for PaymentMethodService. `gateway` is the one that issues the tokens of the tenant's sites."""
    token = data["PaymentGatewayToken"]
    fields: Json = {
        "kind": data["PaymentMethodType"],
        "external_id": data["BillingSystemPaymentMethodId"],
        "holder_name": data["HolderName"],
        "billing_address": address,
        "gateway": gateway if token else "",
        "gateway_token": token,
        "gateway_customer_id": data["PaymentGatewayCustomerId"],
        **_card_fields(data["CreditCard"], holder=data["HolderName"]),
        **_bank_fields(data["BankAccount"]),
    }
    return fields | _DEFAULT_FLAGS[data["IsDefault"]]


def new_body(method: PaymentMethod) -> Json:
    """In the form of the new body. Encrypted values are masked."""
    return {
        "PaymentMethodId": method.pk,
        "SubscriptionId": method.subscription.number if method.subscription else None,
        "BillingAddressId": method.billing_address.number if method.billing_address else 0,
        "BillingSystemPaymentMethodId": method.external_id or None,
        "HolderName": method.holder_name,
        "CreditCard": _card(method),
        "BankAccount": _bank_account(method),
        "PaymentMethodType": method.kind,
        "PaymentMethodTypeName": _KIND_NAMES[MethodKind(method.kind)],
        "PaymentGatewayCustomerId": method.gateway_customer_id or None,
        "PaymentGatewayToken": method.gateway_token_mask or None,
        "IsDefault": method.is_default,
        "IsActive": method.is_active,
    }


def old_body(method: PaymentMethod) -> Json:
    """In the form of the old body."""
    card, number = _card(method), method.masked_card.rpartition("*")[2]
    return {
        "PaymentMethodId": method.pk,
        "ExternalPaymentMethodId": method.external_id or None,
        "PaymentMethodType": method.kind,
        "PaymentMethodTypeName": _KIND_NAMES[MethodKind(method.kind)],
        "PlatformSpecificTypeName": None,
        "AccountHolder": method.holder_name,
        "CreditCard": card
        and {
            "CardType": card["CreditCardType"],
            "CreditCardType": card["CreditCardType"],
            "CreditCardNumber": card["CreditCardNumber"],
            "ExpirationYear": card["CreditCardExpirationYear"],
            "ExpirationMonth": card["CreditCardExpirationMonth"],
            "CardSecurityCode": "",
            "CardOwner": card["CardOwner"],
            "LastFourDigits": number,
            "IsExpired": card["IsExpired"],
            "TypeFitsNumber": card["TypeFitsNumber"],
        },
        "BankAccount": _bank_account(method),
        "PayPalInfo": None,
        "OfflinePayment": None,
        "BillingAddress": _address(method.billing_address),
        "PaymentSource": None,
        "TermsAndConditionsAccepted": True,
        "ExternalToken": method.gateway_token_mask or None,
        "ExternalCustomerId": method.gateway_customer_id or None,
        "IsDefault": method.is_default,
        "IsActive": method.is_active,
    }


def _block(body: Any, name: str) -> Json:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, dict) else {}


def _card_fields(card: Mapping[str, Any] | None, *, holder: str) -> Json:
    if card is None:
        return {}
    return {
        "masked_card": card["CreditCardNumber"],
        "card_owner": card["CardOwner"] if card["CardOwner"] != holder else "",
        "brand": BRANDS.get(card["CreditCardType"]) or guess_brand(card["CreditCardNumber"]),
        "expiry_month": card["CreditCardExpirationMonth"],
        "expiry_year": card["CreditCardExpirationYear"],
    }


def _bank_fields(bank: Mapping[str, Any] | None) -> Json:
    if bank is None:
        return {}
    return {
        "bank_account_number": bank["BankAccountNumber"],
        "bank_routing_number": bank["BankRoutingNumber"],
        "bank_account_type": bank["BankAccountType"],
        "bank_name": bank["BankName"],
    }


def _card(method: PaymentMethod) -> Json | None:
    if not method.masked_card:
        return None
    return {
        "CreditCardType": _TYPES.get(method.brand),
        "CreditCardNumber": method.masked_card,
        "CreditCardExpirationYear": method.expiry_year,
        "CreditCardExpirationMonth": method.expiry_month,
        "CardOwner": method.card_owner or method.holder_name,
        "IsExpired": method.is_expired,
        "TypeFitsNumber": method.brand_fits,
    }


def _bank_account(method: PaymentMethod) -> Json | None:
    if not method.bank_account_mask:
        return None
    return {
        "BankAccountNumber": method.bank_account_mask,
        "BankAccountType": method.bank_account_type,
        "BankName": method.bank_name,
        "BankRoutingNumber": method.bank_routing_mask,
    }


def _address(address: BillingAddress | None) -> Json | None:
    if address is None:
        return None
    return {
        "AddressId": address.number,
        "BillingSystemAddressId": None,
        "PrimaryAddress": address.street,
        "AlternateAddresses": None,
        "CountryName": address.country or None,
        "CityName": address.city,
        "DistrictName": None,
        "ProvinceOrTerritory": address.province or None,
        "PhoneNumber": address.phone or None,
        "ZipCode": address.postal_code or None,
        "AddressName": None,
    }
