"""The operator's side: every page under Sales Channels › Payment Management."""

from payments.admin import banks, bins, cards, channels, options
from payments.admin import installments as terms
from payments.admin import pos as virtual_pos

__all__ = ["banks", "bins", "cards", "channels", "options", "terms", "virtual_pos"]
