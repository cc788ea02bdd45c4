"""Names in the order of the reader's alphabet, whatever the server's locale is, and without ICU, which not every server
has (the embedded one is built without it).
"""

from django.db.models import CharField, Expression, F, Field, Func, Value
from django.db.models.functions import Collate, Lower, Replace
from django.utils.translation import get_language

NAMES = {"name", "holder_name", "username", "first_name", "last_name"}
"""Columns that people name things in; codes and numbers stay in the order of their index."""
CAPITALS, SMALL = "ÇĞIİÖŞÜÂÎÛ", "çğıiöşüâîû"
PLAIN = "cgiiosuaiu"
BEHIND = {"i": "i~", "ı": "i", "ç": "c~", "ğ": "g~", "ö": "o~", "ş": "s~", "ü": "u~"}
"""Turkish letters of their own stand behind the letter that they look like: "~" is behind all letters."""


class _Translate(Func):
    function = "TRANSLATE"


def ordered_name(field: Field) -> Expression | None:
    """None where the field holds no names."""
    if not isinstance(field, CharField) or field.name not in NAMES:
        return None
    key: Expression = _Translate(
        Lower(_Translate(F(field.name), Value(CAPITALS), Value(SMALL))), Value("âîû"), Value("aiu")
    )
    if (get_language() or "en").startswith("tr"):
        for letter, place in BEHIND.items():
            key = Replace(key, Value(letter), Value(place))
    else:
        key = _Translate(key, Value(SMALL), Value(PLAIN))
    return Collate(key, "C")
