"""Shared parts of the models."""

from typing import Any

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kit.model_mixins import Dated, tracked

__all__ = ["CHANNEL_IS_FIXED", "SLUG_PATTERN", "Dated", "SlugField", "tracked"]

CHANNEL_IS_FIXED = pgtrigger.ReadOnly(name="channel_is_fixed", fields=["channel"])
"""The channel of an object cannot change, as the Omnitron contract demands."""

SLUG_PATTERN = r"^[-\w]+\Z"


class SlugField(models.CharField):
    """Letters and digits of any script, hyphens and underscores."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 128)
        super().__init__(*args, **kwargs)

    default_validators = [
        RegexValidator(SLUG_PATTERN, _("Enter letters, digits, hyphens and underscores only."))
    ]
