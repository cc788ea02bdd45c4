"""Why a POS is the one. Stored in English with a payment, and shown in the language of whoever looks at it."""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

OTHER_CURRENCY = _("POS of card %(card)s for %(currency)s")
OWN_CURRENCY = _("POS of card %(card)s, %(currency)s is the channel's currency")
NO_POS = _("card %(card)s has no POS for %(currency)s")
NO_THREE_D = _("card %(card)s has no 3-D POS for %(currency)s")
WHERE_STORED = _("first POS of the channel on %(gateway)s, where the card is stored")
FALLBACK = _("fallback of card %(card)s: POS %(pos)s was not available")
TEXTS = (OTHER_CURRENCY, OWN_CURRENCY, NO_POS, NO_THREE_D, WHERE_STORED, FALLBACK)

_PLACE = re.compile(r"%\\\((\w+)\\\)s")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(text)))


_PATTERNS = [(text, _pattern(text)) for text in TEXTS]


def in_language(reason: str) -> str:
    """A stored reason; one of an earlier release stays as it is."""
    for text, pattern in _PATTERNS:
        if found := pattern.fullmatch(reason):
            return gettext(text) % found.groupdict()
    return reason
