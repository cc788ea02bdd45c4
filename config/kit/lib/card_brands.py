"""Card brands and their number ranges."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CardBrand(models.TextChoices):
    AMERICAN_EXPRESS = "american_express", _("American Express")
    VISA = "visa", _("Visa")
    MASTERCARD = "mastercard", _("Mastercard")
    DINERS = "diners", _("Diners Club")
    DISCOVER = "discover", _("Discover")
    TROY = "troy", _("Troy")


# Troy shares 65 with Discover, whose network accepts it abroad.
_FIRST_DIGITS: dict[CardBrand, tuple[tuple[str, str], ...]] = {
    CardBrand.AMERICAN_EXPRESS: (("34", "34"), ("37", "37")),
    CardBrand.VISA: (("4", "4"),),
    CardBrand.MASTERCARD: (("51", "55"), ("2221", "2720")),
    CardBrand.DINERS: (("300", "305"), ("3095", "3095"), ("36", "36"), ("38", "39")),
    CardBrand.DISCOVER: (("6011", "6011"), ("622126", "622925"), ("644", "649"), ("65", "65")),
    CardBrand.TROY: (("9792", "9792"), ("65", "65")),
}


def possible_brands(first_digits: str) -> set[CardBrand]:
    """The brands whose ranges match `first_digits`; all brands for an empty text."""
    return {
        brand
        for brand, ranges in _FIRST_DIGITS.items()
        if any(_begins(first_digits, low, high) for low, high in ranges)
    }


def _begins(digits: str, low: str, high: str) -> bool:
    length = min(len(digits), len(low))
    return low[:length] <= digits[:length] <= high[:length]
