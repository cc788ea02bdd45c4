"""Stored cards, the merchants that they belong to, their keys, and the log of every access."""

from vault.models.access import AccessLog, Action
from vault.models.card import StoredCard
from vault.models.merchant import ApiKey, KeyStatus, Merchant

__all__ = ["AccessLog", "Action", "ApiKey", "KeyStatus", "Merchant", "StoredCard"]
