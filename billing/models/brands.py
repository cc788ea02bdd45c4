"""Card brands, which the vault knows too."""

from config.kit.lib.card_brands import CardBrand, possible_brands

__all__ = ["CardBrand", "possible_brands"]
