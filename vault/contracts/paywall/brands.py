"""Paywall's ids of brands, and how a card's brand is told. Pure."""

import re

BRANDS = {"Mastercard": 1, "Visa": 2, "Troy": 3, "American Express": 4}
OTHER = 5

_NETWORKS = {
    "american express": "American Express",
    "amex": "American Express",
    "china union pay": "UnionPay",
    "diners club": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "maestro": "Maestro",
    "mastercard": "Mastercard",
    "troy": "Troy",
    "uatp": "UATP",
    "union pay": "UnionPay",
    "unionpay": "UnionPay",
    "visa": "Visa",
    "visa electron": "Visa",
}
_RANGES = (
    (re.compile(r"4"), "Visa"),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), "Mastercard"),
    (re.compile(r"9792|65"), "Troy"),
    (re.compile(r"3[47]"), "American Express"),
)


def network_named(card_type: str) -> str | None:
    """The network that a card type names ("Visa Commercial" → "Visa"); None for a programme like World."""
    name = " ".join(card_type.lower().split()).removesuffix(" commercial")
    return _NETWORKS.get(name)


def brand_of(card_bin: str, card_type: str) -> tuple[int, str]:
    """Id and name of a card's brand: what its type names, else what its first digits say."""
    name = network_named(card_type) or next(
        (brand for digits, brand in _RANGES if digits.match(card_bin)), "Other"
    )
    return BRANDS.get(name, OTHER), name
