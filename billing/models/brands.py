"""Card brands, which the vault knows too."""

from config.lib.card_brands import CardBrand, possible_brands

__all__ = ["CardBrand", "possible_brands"]
