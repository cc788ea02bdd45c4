"""Examples of the OpenAPI document: the samples of the Omnitron contract's page, unchanged.

A sample that the page prints with an odd spelling (`PK`, `Slug`) has the keys that really travel.
"""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_DATES = {"modified_date": "2023-01-13T11:08:43.792169Z", "created_date": "2023-01-13T11:08:43.792140Z"}


def _exchange(pk: int, sent: dict[str, Any], **added: Any) -> list[OpenApiExample]:
    """What is sent, and the answer to it: the key in front, what the server adds behind."""
    return [
        OpenApiExample("Request", sent, request_only=True),
        OpenApiExample("Response", {"pk": pk, **sent, **added, **_DATES}, response_only=True),
    ]


CHANNEL = _exchange(
    1,
    {
        "name": "Shop",
        "slug": "shop",
        "channel_type": "web",
        "is_active": True,
        "default_currency": "TRY",
        "conf": {"default_card": 5},
    },
)
POS = _exchange(
    11,
    {
        "name": "POS",
        "slug": "POS",
        "gateway": "omnicore.libs.payment_gateways.dummypay.DummyPayGateway",
        "config": {"three_d_enabled": False, "fail_on_refund": False, "fail_on_void": False, "auth": {}},
        "resource_url": "https://dummypay.net/",
        "three_d_resource_url": "https://dummypay.net/",
        "channel": 1,
    },
    gateway_display="Dummypay",
)
BANK = _exchange(2, {"name": "Test Bank", "slug": "test-bank", "logo": None, "channel": 1})
CARD_TYPE = _exchange(2, {"name": "New Type", "slug": "new-type", "logo": None, "channel": 1})
CARD = _exchange(
    2,
    {
        "name": "new",
        "bank": 2,
        "card_type": 1,
        "card_payment_type": "debit",
        "cash_payment": 10,
        "installment_payment": 2,
        "slug": "new",
        "three_d_payment": 10,
        "is_commerce_card": False,
        "channel": 1,
    },
)
MULTI_CURRENCY_CARD = _exchange(
    1,
    {"card": 1, "currency": "USD", "cash_payment": 10, "installment_payment": 2, "three_d_payment": None},
)
BIN_NUMBER = _exchange(
    724,
    {"bin_number": "123452", "card": 5, "is_active": True, "channel": 1},
    bin_number_length="6",
)
INSTALLMENT = _exchange(
    74,
    {
        "card": 1,
        "installment_count": 99,
        "label": "99 installment",
        "interest_rate": "0.000000",
        "is_active": True,
        "config": {},
        "translations": None,
    },
)
BANK_ACCOUNT = _exchange(
    1,
    {
        "bank": 3,
        "slug": "new_slug",
        "holder_name": "New Holder",
        "iban": "tr00000000000",
        "is_active": True,
        "sort_order": 0,
        "description": "New Bank Account",
        "channel": 1,
    },
    iban_is_valid=False,
)
PAYMENT_OPTION = _exchange(
    4,
    {
        "name": "New Option",
        "slug": "new-option",
        "payment_type": "credit_card",
        "sort_order": 0,
        "is_active": False,
        "config": {},
        "translations": None,
        "channel": 1,
    },
)
BANK_BULK = [OpenApiExample("Response", {"VakıfBank": "exists", "Test Bank": "created"})]
BIN_BULK = [OpenApiExample("Response", {"411979": "created", "123": "invalid: not 6 or 8 digits"})]
_ROUTE = {
    "pos": {"pk": 10, "name": "POS", "slug": "POS", "gateway_display": "Dummypay"},
    "reason": "POS of card bonus, TRY is the channel's currency",
}
MATCH = [
    OpenApiExample(
        "Response",
        {
            "channel": 1,
            "currency": "TRY",
            "bin_number": "411979",
            "bin_number_length": "6",
            "is_default_card": False,
            "bank": {"pk": 2, "name": "Test Bank", "slug": "test-bank"},
            "card_type": {"pk": 1, "name": "Bonus", "slug": "bonus"},
            "card": {"pk": 1, "name": "Bonus", "slug": "bonus"},
            "card_payment_type": "credit",
            "is_commerce_card": False,
            "pos": {"cash_payment": _ROUTE, "installment_payment": _ROUTE, "three_d_payment": _ROUTE},
            "installments": [
                {
                    "pk": 3,
                    "installment_count": 3,
                    "label": "3 installments",
                    "interest_rate": "2.500000",
                    "total": "102.50",
                    "monthly": "34.17",
                    "parts": ["34.17", "34.17", "34.16"],
                }
            ],
        },
        response_only=True,
    )
]
CLONE = [OpenApiExample("To another channel", {"channel": 2, "slug": "POS"}, request_only=True)]


def _unique(*fields: str) -> str:
    return f"The fields {', '.join(fields)} must make a unique set."


def _rule(code: str, message: str) -> dict[str, str]:
    return {"non_field_errors": message, "error_code": code}


_SLUG_TAKEN = {"non_field_errors": [_unique("slug", "channel")]}
_FIELD_MISSING = "This field is required."

Refusals = dict[str, list[dict[str, Any]]]
"""Answers to creations and changes by their status, as the page prints them; a view names its own."""

POS_REFUSALS: Refusals = {
    "400": [_SLUG_TAKEN],
    "406": [
        _rule(
            "pos_100_2", '{"username": ["This field is required."], "store_key": ["This field is required."]}'
        ),
        _rule("pos_100_3", "Channel: Shop of Pos: dummy_pos cannot change."),
    ],
}
BANK_REFUSALS: Refusals = {
    "400": [_SLUG_TAKEN],
    "406": [_rule("bank_100_2", "Channel: Test Edited of Bank: test-bank cannot change.")],
}
CARD_TYPE_REFUSALS: Refusals = {
    "400": [
        {"logo": ["The submitted data was not a file. Check the encoding type on the form."]},
        _SLUG_TAKEN,
    ],
    "406": [_rule("card_type_100_2", "Channel: test of CardType: test cannot change.")],
}
CARD_REFUSALS: Refusals = {
    "400": [
        {
            "non_field_errors": [
                _unique("slug", "channel", "bank", "card_type"),
                _unique("bank", "card_type", "card_payment_type"),
            ]
        }
    ],
    "406": [_rule("card_100_2", "Card: Test Bank Bonus test-bank Shop incompatible.")],
}
BIN_NUMBER_REFUSALS: Refusals = {
    "400": [{"non_field_errors": [_unique("bin_number", "channel")]}],
    "406": [_rule("bin_number_100_3", "Channel: Shop Bonus channel incompatible.")],
}
INSTALLMENT_REFUSALS: Refusals = {
    "400": [{"label": [_FIELD_MISSING]}],
    "406": [_rule("installment_100_1", "Installment: 1 already exists.")],
}
BANK_ACCOUNT_REFUSALS: Refusals = {
    "400": [{"non_field_errors": [_unique("slug", "channel"), _unique("iban", "channel")]}],
    "406": [
        _rule("bank_account_101", "Channel: Shop Bank Test Bank channel incompatible."),
        _rule("bank_account_102", "Channel: Unified of BankAccount: tr00000000000 cannot change."),
    ],
}
PAYMENT_OPTION_REFUSALS: Refusals = {
    "400": [_SLUG_TAKEN],
    "406": [_rule("payment_option_101", "Channel: test of PaymentOption new-option cannot change.")],
}
