"""The operator's side of the vault."""

from vault.admin import access, cards, keys, merchants

__all__ = ["access", "cards", "keys", "merchants"]
