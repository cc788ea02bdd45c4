from typing import Any

from django.utils.translation import gettext as _

from config.kit.lib.errors import InvalidValueError
from config.kit.lib.masking import mask_card_numbers


def refuse_card_number(instance: Any, *fields: str) -> None:
    """No card number comes to rest, not where somebody types it by mistake either. Raises InvalidValueError."""
    for field in fields:
        refuse_card_number_in(field, str(getattr(instance, field)))


def refuse_card_number_in(field: str, text: str) -> None:
    """The same for a text that is on its way into a column."""
    if mask_card_numbers(text) != text:
        raise InvalidValueError(field, _("A card number does not belong here."))
