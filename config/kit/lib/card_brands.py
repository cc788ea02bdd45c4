"""Card brands, and the number ranges and lengths of all networks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

Range = tuple[str, str]


class CardBrand(models.TextChoices):
    AMERICAN_EXPRESS = "american_express", _("American Express")
    VISA = "visa", _("Visa")
    MASTERCARD = "mastercard", _("Mastercard")
    DINERS = "diners", _("Diners Club")
    DISCOVER = "discover", _("Discover")
    TROY = "troy", _("Troy")


# Troy shares 65 with Discover, whose network accepts it abroad.
_FIRST_DIGITS: dict[CardBrand, tuple[Range, ...]] = {
    CardBrand.AMERICAN_EXPRESS: (("34", "34"), ("37", "37")),
    CardBrand.VISA: (("4", "4"),),
    CardBrand.MASTERCARD: (("51", "55"), ("2221", "2720")),
    CardBrand.DINERS: (("300", "305"), ("3095", "3095"), ("36", "36"), ("38", "39")),
    CardBrand.DISCOVER: (("6011", "6011"), ("622126", "622925"), ("644", "649"), ("65", "65")),
    CardBrand.TROY: (("9792", "9792"), ("65", "65")),
}

# Networks whose numbers must be recognized although no card of theirs is named here: JCB, UnionPay, Maestro, Mir.
_OTHERS: tuple[tuple[tuple[Range, ...], frozenset[int]], ...] = (
    ((("3528", "3589"),), frozenset({16})),
    ((("62", "62"), ("81", "81")), frozenset({16, 17, 18, 19})),
    ((("50", "50"), ("56", "58"), ("60", "61"), ("63", "64"), ("66", "69")), frozenset(range(13, 20))),
    ((("2200", "2204"),), frozenset({16})),
)
_LENGTHS: dict[CardBrand, frozenset[int]] = {
    CardBrand.AMERICAN_EXPRESS: frozenset({15}),
    CardBrand.VISA: frozenset({13, 16, 19}),
    CardBrand.MASTERCARD: frozenset({16}),
    CardBrand.DINERS: frozenset({14, 16}),
    CardBrand.DISCOVER: frozenset({16, 17, 18, 19}),
    CardBrand.TROY: frozenset({16}),
}


def possible_brands(first_digits: str) -> set[CardBrand]:
    """The brands whose ranges match `first_digits`; all brands for an empty text."""
    return {
        brand
        for brand, ranges in _FIRST_DIGITS.items()
        if any(_begins(first_digits, low, high) for low, high in ranges)
    }


def possible_lengths(first_digits: str) -> frozenset[int]:
    """The lengths of the networks whose ranges match six `first_digits`; empty where no network has them."""
    return _LENGTHS_BY_FOUR.get(first_digits[:4], frozenset())


def _begins(digits: str, low: str, high: str) -> bool:
    length = min(len(digits), len(low))
    return low[:length] <= digits[:length] <= high[:length]


def _lengths_by_four() -> dict[str, frozenset[int]]:
    """Four digits → lengths. A range that needs six digits (622126) lies within a wider one with the same lengths."""
    tables = [(ranges, _LENGTHS[brand]) for brand, ranges in _FIRST_DIGITS.items()] + list(_OTHERS)
    found: dict[str, frozenset[int]] = {}
    for number in range(10_000):
        four = f"{number:04d}"
        fitting = [
            lengths for ranges, lengths in tables if any(_begins(four, low, high) for low, high in ranges)
        ]
        if fitting:
            found[four] = frozenset().union(*fitting)
    return found


_LENGTHS_BY_FOUR = _lengths_by_four()
