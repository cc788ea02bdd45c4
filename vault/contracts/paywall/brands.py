"""Paywall's brand ids, and the brand of a card. Pure."""

from config.kit.lib.card_brands import CardBrand, possible_brands

OTHER = 5, "Other"
BRANDS = {
    CardBrand.VISA: (2, "Visa"),
    CardBrand.MASTERCARD: (1, "Mastercard"),
    CardBrand.TROY: (3, "Troy"),  # before Discover: both have the range 65
    CardBrand.AMERICAN_EXPRESS: (4, "American Express"),
    CardBrand.DISCOVER: (5, "Discover"),
    CardBrand.DINERS: (5, "Diners Club"),
}
_NETWORKS = {
    **{brand.value.replace("_", " "): known for brand, known in BRANDS.items()},
    "amex": BRANDS[CardBrand.AMERICAN_EXPRESS],
    "diners club": BRANDS[CardBrand.DINERS],
    "visa electron": BRANDS[CardBrand.VISA],
    "jcb": (5, "JCB"),
    "maestro": (5, "Maestro"),
    "uatp": (5, "UATP"),
    "union pay": (5, "UnionPay"),
    "unionpay": (5, "UnionPay"),
}


def network_named(card_type: str) -> tuple[int, str] | None:
    """The network that a card type names ("Visa Commercial": Visa), None for a card programme such as World."""
    name = " ".join(card_type.lower().split()).removesuffix(" commercial")
    return _NETWORKS.get(name)


def brand_of(card_bin: str, card_type: str) -> tuple[int, str]:
    """Id and name of a card's brand, by its card type, else by its first digits."""
    possible = possible_brands(card_bin)
    by_digits = next((known for brand, known in BRANDS.items() if brand in possible), OTHER)
    return network_named(card_type) or by_digits
