"""Services of the vault: API, admin and commands write through them."""

from vault.services.keys import ApiKeyService
from vault.services.merchants import MerchantService

merchants = MerchantService()
keys = ApiKeyService()

__all__ = ["keys", "merchants"]
