"""Stored cards, merchants, their API keys, and the access log."""

from vault.models.access import AccessLog, Action
from vault.models.card import StoredCard
from vault.models.merchant import ApiKey, KeyStatus, Merchant

__all__ = ["AccessLog", "Action", "ApiKey", "KeyStatus", "Merchant", "StoredCard"]
