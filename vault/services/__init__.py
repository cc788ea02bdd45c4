"""Rules of the vault. Every write goes through one of these, whoever asks."""

from vault.services.keys import ApiKeyService
from vault.services.merchants import MerchantService

merchants = MerchantService()
keys = ApiKeyService()

__all__ = ["keys", "merchants"]
