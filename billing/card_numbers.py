from typing import Any

from django.utils.translation import gettext as _

from config.kit.lib.errors import InvalidValueError
from config.kit.lib.masking import mask_card_numbers


def refuse_card_number(instance: Any, *fields: str) -> None:
    """Raises InvalidValueError for the first of `fields` that has a card number in its text."""
    for field in fields:
        refuse_card_number_in(field, str(getattr(instance, field)))


def refuse_card_number_in(field: str, text: str) -> None:
    """Raises InvalidValueError if `text` has a card number."""
    if mask_card_numbers(text) != text:
        raise InvalidValueError(field, _("Card numbers are not allowed here."))
